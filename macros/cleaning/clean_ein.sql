{% macro clean_ein(text) -%}
    {#- Employer number as NN-NNNNNNN, leading zeros kept; what is not nine digits becomes null, and
        so does what is written like a social security number. Functions of one column only, see
        tidy_text. -#}
    {%- set any_ssn = "(?s)^.*" ~ ssn_pattern() ~ ".*$" -%}
    nullif(
        regexp_replace(
            regexp_extract(
                {{ ein_digits("regexp_replace(" ~ text ~ ", '" ~ any_ssn ~ "', '')") }},
                '^[0-9]{9}$'
            ),
            '^(..)', '\1-'
        ),
        ''
    )
{%- endmacro %}
