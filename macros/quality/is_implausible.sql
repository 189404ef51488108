{% macro is_implausible(day) -%}
    {#- A day that systems write where they know none: before var earliest_date. -#}
    {{ day }} < date '{{ var("earliest_date") }}'
{%- endmacro %}
