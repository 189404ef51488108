{% macro ein_digits(text) -%}
    {#- Tidy text without what is only spelling in an employer number: blanks, dashes of any kind
        and a leading "EIN"; other characters are not. -#}
    regexp_replace({{ text }}, '(?i)^(fein|ein)[ :#.]*|[\s\p{Pd}−]', '', 'g')
{%- endmacro %}
