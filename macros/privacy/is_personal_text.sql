{% macro is_personal_text(column) -%}
    {#- Whether a text that should be about something else, as staging has it, shows what looks like
        an address or a number of a person, or names a person that the warehouse knows; null where
        there is no text. -#}
    (
        {{ holds_personal_data(column) }}
        or {{ column }} in (select named.text from {{ ref('int_texts_named') }} as named)
    )
{%- endmacro %}
