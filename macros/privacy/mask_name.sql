{% macro mask_name(column) -%}
    {#- A name as its initials, 'Ada Lovelace' as 'A. L.', of a word of one character '*.', since
        it would be the name; clear where masking is switched off. -#}
    {%- if var("pii_masking_enabled") -%}
        case
            when {{ column }} is not null
                then array_to_string(
                    list_transform(
                        string_split({{ tidy_text(column) }}, ' '),
                        lambda word: if(
                            length_grapheme(word) = 1, '*', upper(left_grapheme(word, 1))
                        ) || '.'
                    ), ' '
                )
        end
    {%- else -%}
        {{ column }}
    {%- endif -%}
{%- endmacro %}
