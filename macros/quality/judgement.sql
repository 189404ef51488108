{% macro judgement() -%}
    {#- The number of this run: what a judging increment marks the rows with that it writes. -#}
    {%- if execute and is_recorded_run() -%}
        (select count(*) from {{ ops_relation("run_history") }})
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}
