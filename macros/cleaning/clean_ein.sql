{% macro clean_ein(text) -%}
    {#- Employer number as NN-NNNNNNN, leading zeros kept; what is not nine digits becomes null.
        Blanks, dashes of any kind and a leading "EIN" are spelling, other characters are not. -#}
    case
        when regexp_full_match({{ ein_digits(text) }}, '[0-9]{9}')
            then left({{ ein_digits(text) }}, 2) || '-' || right({{ ein_digits(text) }}, 7)
    end
{%- endmacro %}
