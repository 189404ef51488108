{% macro is_unread(feed, column, judged) -%}
    {#- Whether a delivered date, amount or employer number says something that could not be read;
        never null. judged is the alias of its judged row. -#}
    {%- set says = feed.columns[column] -%}
    {{ judged }}.has_{{ column }}_text
    and {{ judged }}.{{ adapter.quote(says.judged_as or says.staged_as or column) }} is null
{%- endmacro %}
