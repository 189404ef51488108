{% macro make_spark_functions() -%}
    {#- Makes schema `engine`: see macro spark_functions. -#}
    {%- do run_query("create schema if not exists engine") -%}
    {%- for name, (arguments, type, body) in spark_functions().items() -%}
        {%- do run_query(
            "create or replace function engine." ~ name ~ "(" ~ arguments ~ ") returns " ~ type
            ~ " return " ~ body | replace("\\", "\\\\")
        ) -%}
    {%- endfor -%}
{%- endmacro %}
