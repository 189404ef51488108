{% macro with_commas(number) -%}
    {#- A whole number as US users write it, such as 1,200. -#}
    {{ return(adapter.dispatch("with_commas", "benefits_warehouse")(number)) }}
{%- endmacro %}


{% macro default__with_commas(number) -%}
    format('{:,}', {{ number }})
{%- endmacro %}


{% macro spark__with_commas(number) -%}
    format_number({{ number }}, 0)
{%- endmacro %}
