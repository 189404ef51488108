{% macro mask_text(column) -%}
    {#- A text that should be about something else, with **** where it shows what looks like an
        e-mail address, a phone, social security or card number, and as it is where it does not;
        clear where masking is switched off. -#}
    {%- if var("pii_masking_enabled") -%}
        {%- set patterns = personal_patterns() -%}
        case
            when {{ holds_personal_data(column) }}
                then regexp_replace(
                    regexp_replace({{ plain_text(column) }}, '{{ patterns.email }}', '****', 'g'),
                    '{{ patterns.number }}', '\1\2****', 'g'
                )
            else {{ column }}
        end
    {%- else -%}
        {{ column }}
    {%- endif -%}
{%- endmacro %}
