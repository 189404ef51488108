{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- Schemas are part of the contract: the name given is the name used, in every target. -#}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
