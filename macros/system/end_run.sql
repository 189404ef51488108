{% macro end_run(results) %}
    {#- The end of a run that writes: its record, then publishing and exports where it was good,
        then one summary. Each published file is its old or its new self at every moment. -#}
    {% if execute and is_recorded_run() %}
        {% set bad_statuses = ["error", "fail", "runtime error"] %}
        {% set bad = results | selectattr("status", "in", bad_statuses) | list %}
        {% set status = "failed" if bad else "success" %}
        {% do record_nodes(results) %}
        {% do record_run(status) %}
        {% if not bad and flags.WHICH in ["build", "run", "retry"] %}
            {% do publish(results) %}
        {% endif %}
        {% if flags.WHICH in ["build", "retry"] %}
            {% set exported = not bad and is_whole_run(results) %}
            {% if exported %}
                {% do export_files() %}
            {% endif %}
            {% do print_summary(status, exported, bad) %}
        {% endif %}
    {% endif %}
{% endmacro %}
