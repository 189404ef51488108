{% macro says_something(text) -%}
    {#- Whether tidy text is more than a word for "nothing"; null where there is no text. -#}
    not list_contains(['', 'null', 'n/a', 'na', 'none', 'nan', '-'], lower({{ text }}))
{%- endmacro %}
