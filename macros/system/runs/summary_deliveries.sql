{% macro summary_deliveries() -%}
    {#- [what, line] of feeds that are overdue and of deliveries of an unusual size. -#}
    {%- set relation = ops_relation("landing_ledger") -%}
    {%- set query -%}
        select problem, told from ({{ unusual_deliveries(relation) }})
    {%- endset -%}
    {{ return(run_query(query).rows if relation | string in existing_tables() else []) }}
{%- endmacro %}
