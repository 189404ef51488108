{% macro summary_files() -%}
    {#- [what, why] of the files of this run that were not loaded, or loaded with a remark. -#}
    {%- set relation = ops_relation("landing_ledger") -%}
    {%- if not relation_exists(relation) -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(run_query(
        "select status || ' ' || source || '.' || feed || ' ' || file, reason from " ~ relation
        ~ " where run_id = getvariable('run_id') and reason is not null order by file_id"
    ).rows) }}
{%- endmacro %}
