{% macro sql_text(value) -%}
    {#- A value as a SQL text literal, for SQL that is kept in a column. -#}
    '''' || replace(({{ value }})::varchar, '''', '''''') || ''''
{%- endmacro %}
