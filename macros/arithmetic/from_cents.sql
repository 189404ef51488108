{% macro from_cents(cents) -%}
    {#- Whole cents as DECIMAL(38,2) without a division. -#}
    (({{ cents }})::decimal(36, 0) * 0.01)::decimal(38, 2)
{%- endmacro %}
