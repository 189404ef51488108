{% macro end_run(results) %}
    {#- The end of a run that writes: publishing and exports where it was good, then its record, one
        summary and alerts. Each published file is its old or its new self at every moment, and a
        run that dies before its record is finished shows as interrupted from the next one on. -#}
    {% do adapter.dispatch("end_run", "benefits_warehouse")(results) %}
{% endmacro %}


{% macro default__end_run(results) %}
    {#- See end_run. -#}
    {% if execute and is_recorded_run() %}
        {% do catalog(is_new=true) %}
        {% set bad_statuses = ["error", "fail", "runtime error"] %}
        {% set bad = results | selectattr("status", "in", bad_statuses) | list %}
        {% set status = "failed" if bad else "success" %}
        {% do record_nodes(results) %}
        {% set is_building = flags.WHICH in ["build", "run", "retry"] %}
        {% set published = is_building and not bad and publish(results) %}
        {% set exported = published and flags.WHICH != "run" and not missing_tables() %}
        {% if exported %}
            {% do export_files() %}
        {% endif %}
        {% set is_alerting = queue_alerts(status, published) %}
        {% do record_run(status, published) %}
        {% if exported %}
            {% do export_run_log() %}
        {% endif %}
        {% if flags.WHICH in ["build", "retry"] %}
            {% do print_summary(status, published, exported, bad) %}
        {% endif %}
        {% if is_alerting %}
            {% do post_alerts() %}
        {% endif %}
    {% endif %}
{% endmacro %}
