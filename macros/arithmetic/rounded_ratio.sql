{% macro rounded_ratio(numerator, denominator, places) -%}
    {#- numerator / denominator rounded half away from zero to `places`, in whole numbers
        throughout: DECIMAL / DECIMAL is DOUBLE in DuckDB. Both are HUGEINT expressions, the
        denominator is positive. What fits is divided as BIGINT, some thirty times as fast. -#}
    {%- set limit = 10 ** (18 - places) -%}
    case
        when abs({{ numerator }}) < {{ limit }} and ({{ denominator }}) < {{ 10 ** 18 }}
            then {{ whole_ratio(numerator, denominator, places, "bigint") }}
        else {{ whole_ratio(numerator, denominator, places, "hugeint") }}
    end::decimal(38, 0) * {{ "0." ~ "0" * (places - 1) ~ "1" if places else "1" }}
{%- endmacro %}
