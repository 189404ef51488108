{% macro is_unlimited(text) -%}
    {#- Whether tidy text is the word that stands for an amount without a limit; never null. -#}
    coalesce(lower({{ text }}) = 'unlimited', false)
{%- endmacro %}
