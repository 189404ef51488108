{% macro judged_in() -%}
    {#- The number that a judged table marks the rows with that it writes: that of this run, and
        higher than any in the table whatever became of the history of runs. 0 on Spark. -#}
    {%- set is_increments = execute and is_recorded_run() and target.type != "spark" -%}
    {%- if is_increments and model.resource_type == "model" -%}
        greatest(
            (select count(*) from {{ relation_of("run_history") }}),
            {{ "(select max(judged_in) + 1 from " ~ this ~ ")" if is_increment() else 0 }}
        )
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}
