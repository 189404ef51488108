{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- Schemas are part of the contract: the name given is the name used, in every target. Spark
        has one catalog: what is in database restricted elsewhere is in schemas restricted_… there.
        -#}
    {%- set name = (custom_schema_name or target.schema) | trim -%}
    {{ "restricted_" if target.type == "spark" and node.config.database == "restricted" }}{{ name }}
{%- endmacro %}
