{% macro row_hash(alias) -%}
    {#- A whole number for a row of a table, the same for the same values: the engine's own. -#}
    {{ return(adapter.dispatch("row_hash", "benefits_warehouse")(alias)) }}
{%- endmacro %}


{% macro default__row_hash(alias) -%}
    hash({{ alias }})
{%- endmacro %}


{% macro spark__row_hash(alias) -%}
    xxhash64({{ alias }}.*)::decimal(38, 0)
{%- endmacro %}
