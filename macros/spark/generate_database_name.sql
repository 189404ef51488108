{% macro generate_database_name(custom_database_name=none, node=none) -%}
    {#- As dbt has it; Spark has no databases: see generate_schema_name. -#}
    {{ return(
        none if target.type == "spark"
        else default__generate_database_name(custom_database_name, node)
    ) }}
{%- endmacro %}
