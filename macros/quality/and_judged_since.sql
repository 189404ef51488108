{% macro and_judged_since(name) -%}
    {#- In an increment below a judging one: only the rows judged since this table looked. -#}
    {%- if is_increment() -%}
        and judgement > {{ seen_judgement(name) }}
    {%- endif -%}
{%- endmacro %}
