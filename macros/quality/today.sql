{% macro today() -%}
    {#- "Today" of a row: as_of_date where that var is set, else the day of the last delivery that
        held the row. -#}
    {{ as_of_date() if var("as_of_date") else "held_on" }}
{%- endmacro %}
