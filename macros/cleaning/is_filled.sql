{% macro is_filled(text) -%}
    {#- True where tidy text says something, so that a typed column that is null could not be read;
        never null. No word for "nothing" is longer than four bytes. -#}
    coalesce(case when strlen({{ text }}) > 4 then true else {{ says_something(text) }} end, false)
{%- endmacro %}
