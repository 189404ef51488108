{% macro clean_text(column, is_varied=false) -%}
    {#- Tidy text; what people write for "nothing" becomes null. is_varied: most values differ, so
        that it pays to look first whether there is anything to tidy. -#}
    case
        {%- if is_varied %}
        when regexp_full_match({{ column }}, '[!-~]{5,}') then {{ column }}
        {%- endif %}
        when
            not list_contains(
                ['', 'null', 'n/a', 'na', 'none', 'nan', '-'], lower({{ tidy_text(column) }})
            )
            then {{ tidy_text(column) }}
    end
{%- endmacro %}
