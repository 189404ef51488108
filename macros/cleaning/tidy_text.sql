{% macro tidy_text(column) -%}
    {#- Blanks of every kind (NBSP, control characters) become one blank, none at the ends. -#}
    trim(regexp_replace({{ column }}, '[\s\p{Z}\p{Cc}]+', ' ', 'g'))
{%- endmacro %}
