{% macro is_judged_since(name) -%}
    {#- In an increment below a judged table: true for the rows that it judged since this table
        looked. In a full build all rows are. -#}
    {%- if is_increment() -%}
        judged_in > {{ stamp_of(model).seen[name][0].split(":")[0] }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
