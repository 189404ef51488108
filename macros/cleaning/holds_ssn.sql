{% macro holds_ssn(text) -%}
    {#- Whether a text shows a number written like a social security number; never null. -#}
    coalesce(regexp_matches({{ text }}, '{{ ssn_pattern() }}'), false)
{%- endmacro %}
