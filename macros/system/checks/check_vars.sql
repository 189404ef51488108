{% macro check_vars() -%}
    {#- A var that the project does not know, or of a wrong type or range, stops the run before
        anything changes, with what would make sense (python/benefits_warehouse/variables.py). -#}
    {%- set told = run_query("select variable_problems()").rows[0][0] -%}
    {%- if told -%}
        {{ exceptions.raise_compiler_error("Nothing was changed. Fix the vars: " ~ told) }}
    {%- endif -%}
{%- endmacro %}
