{% macro whole_ratio(numerator, denominator, places, type) -%}
    {#- numerator / denominator in units of the last of `places`, rounded half away from zero and
        computed in `type`, which must hold 2 * numerator * 10^places + denominator. -#}
    {%- set whole = "(" ~ numerator ~ ")::" ~ type -%}
    {%- set parts = "(" ~ denominator ~ ")::" ~ type -%}
    sign({{ whole }}) * (
        (abs({{ whole }}) * {{ 10 ** places * 2 }} + {{ parts }}) // nullif({{ parts }} * 2, 0)
    )
{%- endmacro %}
