{% macro spreadsheet_safe(column, kind) -%}
    {#- A text cell that a spreadsheet would take for a formula gets an apostrophe; numbers stay
        numbers. Blanks and hidden signs before a sign, and wide ones, don't help a formula. Where a
        semicolon separates cells, it makes a new one of what stands behind it in a text, and a
        quote there opens that cell. -#}
    {%- set text = "array_to_string(" ~ column ~ ", ' | ')" if kind.endswith("[]") else column -%}
    {%- set formula = "(^|[;\\t\\r\\n])([\\s\\p{Z}\\p{Cc}\\p{Cf}\"]*[=+@＝＋－＠-]|[\\t\\r])" -%}
    {%- if kind.upper() == "VARCHAR" or kind.endswith("[]") -%}
        case
            -- Most texts begin with a letter; to compare costs less than a regular expression.
            when
                (
                    {{ text }} < 'A' or {{ text }} > '~' or contains({{ text }}, ';')
                    or contains({{ text }}, chr(9)) or contains({{ text }}, chr(10))
                    or contains({{ text }}, chr(13))
                )
                and regexp_matches({{ text }}, '{{ formula }}')
                and not regexp_full_match({{ text }}, '[+-]?[0-9]+([.][0-9]+)?')
                then regexp_replace({{ text }}, '{{ formula }}', '\1''\2', 'g')
            else {{ text }}
        end
    {%- else -%}
        {{ column }}
    {%- endif -%}
{%- endmacro %}
