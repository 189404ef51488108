{% macro shown_condition(condition) -%}
    {#- The SQL of a rule's condition as it is published, whatever the engine calls a table. -#}
    {{ return(adapter.dispatch("shown_condition", "benefits_warehouse")(condition)) }}
{%- endmacro %}


{% macro default__shown_condition(condition) -%}
    {{ return(condition) }}
{%- endmacro %}


{% macro spark__shown_condition(condition) -%}
    {{ return(modules.re.sub(
        "\\brestricted_(\\w+)[.](\\w+)", '"restricted"."\\1"."\\2"', condition
    )) }}
{%- endmacro %}
