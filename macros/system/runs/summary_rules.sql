{% macro summary_rules() -%}
    {#- [rule, rows] of the rules that fired, tier 2 first. -#}
    {%- set relation = ops_relation("validation_errors") -%}
    {%- set query -%}
        select
            source || '.' || feed || ' ' || error_reason || if(tier = 2, ' (withheld)', ''),
            count(*)
        from {{ relation }}
        group by source, feed, error_reason, tier
        order by tier desc, source, feed, error_reason
    {%- endset -%}
    {{ return(run_query(query).rows if relation | string in existing_tables() else []) }}
{%- endmacro %}
