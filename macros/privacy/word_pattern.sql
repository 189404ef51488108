{% macro word_pattern() -%}
    {#- Regular expression of a word as names have them, with what is within it without being seen;
        all else stands between words. -#}
    [\p{L}\p{M}\p{Cf}''’‘＇`´′]+
{%- endmacro %}
