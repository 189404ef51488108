{% macro is_judged_since(name) -%}
    {#- In an increment below a judging one: true for the rows judged since this table looked. In
        a full build all rows are. -#}
    {%- if is_increment() -%}
        judged_in > {{ seen_judged_in(name) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
