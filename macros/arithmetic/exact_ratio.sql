{% macro exact_ratio(numerator, denominator) -%}
    {#- A value that orders exactly like numerator / denominator (HUGEINT, numerator >= 0, 0 <
        denominator < 10^18): the whole part and 36 digits by long division. A DOUBLE would call
        near growths equal. -#}
    {%- set one = "1000000000000000000::hugeint" -%}
    {%- set rest = "(" ~ numerator ~ " % nullif(" ~ denominator ~ ", 0)) * " ~ one -%}
    row(
        {{ numerator }} // nullif({{ denominator }}, 0),
        {{ rest }} // nullif({{ denominator }}, 0),
        (({{ rest }}) % nullif({{ denominator }}, 0)) * {{ one }} // nullif({{ denominator }}, 0)
    )
{%- endmacro %}
