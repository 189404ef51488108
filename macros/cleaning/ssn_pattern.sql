{% macro ssn_pattern() -%}
    {#- Regular expression of a number written like a social security number, NNN-NN-NNNN, and of
        what stands before and behind it: groups 1 and 2. Digits, blanks, dashes of any script. -#}
    {%- set between = "[\\s\\p{Z}\\p{Pd}−]+" -%}
    (^|[^\p{Nd}])\p{Nd}{3}{{ between }}\p{Nd}{2}{{ between }}\p{Nd}{4}($|[^\p{Nd}])
{%- endmacro %}
