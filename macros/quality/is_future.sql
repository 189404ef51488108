{% macro is_future(day) -%}
    {#- Later than as_of_date where that var is set, else than the day the row was first landed. -#}
    {{ day }} > {{ as_of_date() if var("as_of_date") else "first_seen_at::date" }}
{%- endmacro %}
