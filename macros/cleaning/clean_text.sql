{% macro clean_text(column, is_varied=false) -%}
    {#- Tidy text; what people write for "nothing" becomes null. is_varied: see tidy_text. -#}
    case
        {%- if is_varied %}
        when regexp_full_match({{ column }}, '[!-~]{5,}') then {{ column }}
        {%- endif %}
        when {{ says_something(tidy_text(column)) }} then {{ tidy_text(column) }}
    end
{%- endmacro %}
