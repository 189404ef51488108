{% macro holds_personal_data(column) -%}
    {#- Whether a text that should be about something else shows what looks like an e-mail address,
        a phone, social security or card number; null where there is no text. -#}
    {%- set patterns = personal_patterns() -%}
    (
        regexp_matches({{ column }}, '{{ patterns.email }}')
        or regexp_matches({{ column }}, '{{ patterns.number }}')
    )
{%- endmacro %}
