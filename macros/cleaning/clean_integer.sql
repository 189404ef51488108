{% macro clean_integer(text) -%}
    {#- A whole number that is not negative, thousands commas allowed; anything else becomes null.
        -#}
    case
        when regexp_full_match({{ text }}, '[0-9]+|[0-9]{1,3}(,[0-9]{3})+')
            then try_cast(replace({{ text }}, ',', '') as integer)
    end
{%- endmacro %}
