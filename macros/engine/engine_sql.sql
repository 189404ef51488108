{% macro engine_sql(query) -%}
    {#- A query that a macro asks itself, as the engine spells it; what a materialization builds
        is spelled there. -#}
    {{ return(adapter.dispatch("engine_sql", "benefits_warehouse")(query)) }}
{%- endmacro %}


{% macro default__engine_sql(query) -%}
    {{ return(query) }}
{%- endmacro %}


{% macro spark__engine_sql(query) -%}
    {{ return(spark_spelling(query)) }}
{%- endmacro %}
