{% macro clean_ein(text) -%}
    {#- Employer number as NN-NNNNNNN, leading zeros kept; what is not nine digits becomes null.
        Blanks, dashes of any kind and a leading "EIN" are spelling, other characters are not.
        Functions of one column only, see tidy_text. -#}
    {%- set spelling = "(?i)^(fein|ein)[ :#.]*|[\\s\\p{Pd}−]" -%}
    nullif(
        regexp_replace(
            regexp_extract(
                regexp_replace({{ text }}, '{{ spelling }}', '', 'g'), '^[0-9]{9}$'
            ),
            '^(..)', '\1-'
        ),
        ''
    )
{%- endmacro %}
