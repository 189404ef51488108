{% macro is_filled(text, value=none) -%}
    {#- True where tidy text says something, so that a typed column that is null could not be read;
        never null. No word for "nothing" is longer than four bytes. value: what was read of text as
        delivered, which is tidied only where that is null. -#}
    coalesce(
        case
            {%- if value %}
            when {{ value }} is not null then true
            {%- set text = tidy_text(text) %}
            {%- endif %}
            when strlen({{ text }}) > 4 then true
            else {{ says_something(text) }}
        end,
        false
    )
{%- endmacro %}
