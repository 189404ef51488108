{% macro name_token(one, other) -%}
    {#- The keyed token of two plain words as a name, in whichever order; see person_token. -#}
    {{ person_token("least(" ~ one ~ ", " ~ other ~ ") || ' ' || greatest(" ~ one ~ ", " ~ other
        ~ ")") }}
{%- endmacro %}
