{% macro spark__end_run(results) %}
    {#- The end of a run on Spark: one line, since nothing of it is recorded or published. -#}
    {% if execute and is_recorded_run() %}
        {% set bad = results | selectattr("status", "in", ["error", "fail", "runtime error"]) %}
        {{ log(
            "Target spark: " ~ results | length ~ " nodes, " ~ bad | list | length ~ " failed.",
            info=true
        ) }}
    {% endif %}
{% endmacro %}
