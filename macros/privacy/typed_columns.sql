{% macro typed_columns(feed) -%}
    {#- Names of a feed's columns that hold dates, amounts and employer numbers. -#}
    {%- set names = [] -%}
    {%- for column, says in feed.columns.items()
        if says.type in ["date", "timestamp", "money", "ein"] -%}
        {%- do names.append(column) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
