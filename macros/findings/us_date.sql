{% macro us_date(day) -%}
    {#- A day as US users write it, such as Mar 5, 2024. -#}
    strftime({{ day }}, '%b %-d, %Y')
{%- endmacro %}
