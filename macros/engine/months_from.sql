{% macro months_from(first, last) -%}
    {#- Number of months from the month of one date to that of another. -#}
    {{ return(adapter.dispatch("months_from", "benefits_warehouse")(first, last)) }}
{%- endmacro %}


{% macro default__months_from(first, last) -%}
    date_diff('month', {{ first }}, {{ last }})
{%- endmacro %}


{% macro spark__months_from(first, last) -%}
    (year({{ last }}) - year({{ first }})) * 12 + month({{ last }}) - month({{ first }})
{%- endmacro %}
