{% macro holds_personal_data(column) -%}
    {#- Whether a text that should be about something else shows what looks like an e-mail address,
        a phone, social security or card number; null where there is no text. -#}
    {%- set patterns = personal_patterns() -%}
    case
        when regexp_matches({{ column }}, '{{ patterns.hint }}')
            then regexp_matches(
                {{ plain_text(column) }}, '{{ patterns.email }}|{{ patterns.number }}'
            )
        else {{ column }} is null and null
    end
{%- endmacro %}
