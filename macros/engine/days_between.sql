{% macro days_between(first, last) -%}
    {#- Number of days from one date to another. -#}
    {{ return(adapter.dispatch("days_between", "benefits_warehouse")(first, last)) }}
{%- endmacro %}


{% macro default__days_between(first, last) -%}
    {{ last }} - {{ first }}
{%- endmacro %}


{% macro spark__days_between(first, last) -%}
    datediff({{ last }}, {{ first }})
{%- endmacro %}
