{% macro spreadsheet_safe(column, kind) -%}
    {#- A text cell that a spreadsheet would take for a formula gets an apostrophe; numbers stay
        numbers. -#}
    {%- set text = "array_to_string(" ~ column ~ ", ' | ')" if kind.endswith("[]") else column -%}
    {%- if kind.upper() == "VARCHAR" or kind.endswith("[]") -%}
        case
            -- These are all below 'A'; to compare costs less than a regular expression.
            when {{ text }} < 'A'
                and regexp_matches({{ text }}, '^[=+@\t\r-]')
                and not regexp_full_match({{ text }}, '[+-]?[0-9]+([.][0-9]+)?')
                then '''' || {{ text }}
            else {{ text }}
        end
    {%- else -%}
        {{ column }}
    {%- endif -%}
{%- endmacro %}
