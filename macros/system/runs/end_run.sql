{% macro end_run(results) %}
    {#- The end of a run that writes: publishing and exports where it was good, then its record and
        one summary. Each published file is its old or its new self at every moment, and a run that
        dies before its record is finished shows as interrupted from the next one on. -#}
    {% if execute and is_recorded_run() %}
        {% set bad_statuses = ["error", "fail", "runtime error"] %}
        {% set bad = results | selectattr("status", "in", bad_statuses) | list %}
        {% set status = "failed" if bad else "success" %}
        {% set exported = not bad and flags.WHICH in ["build", "retry"] and is_whole_run(results) %}
        {% do record_nodes(results) %}
        {% if not bad and flags.WHICH in ["build", "run", "retry"] %}
            {% do publish(results) %}
        {% endif %}
        {% if exported %}
            {% do export_files() %}
        {% endif %}
        {% do record_run(status) %}
        {% if exported %}
            {% do export_run_log() %}
        {% endif %}
        {% if flags.WHICH in ["build", "retry"] %}
            {% do print_summary(status, exported, bad) %}
        {% endif %}
    {% endif %}
{% endmacro %}
