{% macro summary_files() -%}
    {#- [what, why] of the files of this run that were not loaded, or loaded with a remark. -#}
    {%- set relation = ops_relation("landing_ledger") -%}
    {%- set query -%}
        select status || ' ' || source || '.' || feed || ' ' || file, reason
        from {{ relation }}
        where run_id = getvariable('run_id') and reason is not null
        order by file_id
    {%- endset -%}
    {{ return(run_query(query).rows if relation | string in existing_tables() else []) }}
{%- endmacro %}
