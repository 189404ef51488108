{% macro summary_rules() -%}
    {#- [rule, rows] of the rules that fired, tier 2 first. -#}
    {%- set relation = ops_relation("validation_errors") -%}
    {%- if not relation_exists(relation) -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(run_query(
        "select source || '.' || feed || ' ' || error_reason || case tier when 2 then ' (withheld)' else '' "
        ~ "end, count(*) from " ~ relation
        ~ " group by source, feed, error_reason, tier order by tier desc, source, feed, error_reason"
    ).rows) }}
{%- endmacro %}
