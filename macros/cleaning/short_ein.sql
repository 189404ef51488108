{% macro short_ein(text) -%}
    {#- The employer number that eight digits are with a zero in front, which spreadsheets drop; it
        is one only where a listed company has it. Functions of one column only, see tidy_text. -#}
    nullif(
        regexp_replace(
            regexp_extract({{ ein_digits(text) }}, '^[0-9]{8}$'), '^(.)', '0\1-'
        ),
        ''
    )
{%- endmacro %}
