{% macro shape_of(text) -%}
    {#- The shape of a text: letters become a, digits 9, other signs stay; cut at 60. -#}
    left(
        regexp_replace(regexp_replace({{ text }}, '\p{L}', 'a', 'g'), '\p{Nd}', '9', 'g'), 60
    )
{%- endmacro %}
