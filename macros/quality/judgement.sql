{% macro judgement() -%}
    {#- The number that a judging increment marks the rows with that it writes: that of this run,
        and higher than any in the table whatever became of the history of runs. -#}
    {%- if execute and is_recorded_run() -%}
        greatest(
            (select count(*) from {{ ops_relation("run_history") }}),
            {% if is_increment() -%} (select max(judgement) + 1 from {{ this }}) {%- else -%} 0 {%- endif %}
        )
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}
