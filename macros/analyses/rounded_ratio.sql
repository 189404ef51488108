{% macro rounded_ratio(numerator, denominator, places) -%}
    {#- numerator / denominator rounded half away from zero to `places`, in whole numbers
        throughout: DECIMAL / DECIMAL is DOUBLE in DuckDB. Both are HUGEINT expressions, the
        denominator is positive. -#}
    {%- set scaled = "abs(" ~ numerator ~ ") * " ~ (10 ** places) -%}
    (
        (
            sign({{ numerator }})::integer
            * (({{ scaled }} * 2 + ({{ denominator }})) // nullif(({{ denominator }}) * 2, 0))
        )::decimal(38, 0) * {{ "0." ~ "0" * (places - 1) ~ "1" if places else "1" }}
    )
{%- endmacro %}
