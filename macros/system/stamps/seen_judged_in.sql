{% macro seen_judged_in(name) -%}
    {#- The newest judged_in of an increment that this table has taken in, as its comment tells. -#}
    {%- for part in stamp_of(model)["found"].split("|")[2:] if part.startswith(name ~ "=") -%}
        {{ return(part.split("=")[1] | int) }}
    {%- endfor -%}
    {{ return(0) }}
{%- endmacro %}
