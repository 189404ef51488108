{% macro ein_digits(text) -%}
    {#- What is left of an employer number without its spelling. -#}
    regexp_replace({{ text }}, '(?i)^(fein|ein)[ :#.]*|[\s\p{Pd}−]', '', 'g')
{%- endmacro %}
