{% macro landing_files() -%}
    {#- The table of files that count, beside the ledger: what their deliveries mean. -#}
    {{ return(relation_of("landing_ledger").incorporate(path={"identifier": "landing_files"})) }}
{%- endmacro %}
