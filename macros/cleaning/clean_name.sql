{% macro clean_name(column) -%}
    {#- Names and merchants: tidy, but only '' is nothing, since people are called Null and shops
        None. -#}
    nullif({{ tidy_text(column) }}, '')
{%- endmacro %}
