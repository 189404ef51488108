{% macro clean_text(column) -%}
    {#- Tidy text; what people write for "nothing" becomes null. -#}
    case
        when lower({{ tidy_text(column) }}) in ('', 'null', 'n/a', 'na', 'none', 'nan', '-')
            then null
        else {{ tidy_text(column) }}
    end
{%- endmacro %}
