{% macro counted(number, thing) -%}
    {#- A number with its thing, such as 1 claim or 1,200 claims. -#}
    format('{} {}', {{ with_commas(number) }}, if({{ number }} = 1, '{{ thing }}', '{{ thing }}s'))
{%- endmacro %}
