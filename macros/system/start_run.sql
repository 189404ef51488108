{% macro start_run() %}
    {#- Before anything else of a run that writes: refuse what would harm the warehouse, mark runs that died
        as interrupted, and record that this one began. Returns nothing to execute. -#}
    {% if execute and is_recorded_run() %}
        {% do check_vars() %}
        {% do check_origin() %}
        {% for name in ["run_history", "node_history"] %}
            {% do run_query(hook_table_ddl(graph.nodes["model." ~ project_name ~ "." ~ name])) %}
        {% endfor %}
        {% do run_query(
            "update " ~ ops_relation("run_history")
            ~ " set status = 'interrupted' where status = 'started'"
        ) %}
        {% set versions = "dbt " ~ dbt_version ~ ", duckdb ' || version() || '" %}
        {% do run_query(
            "insert into " ~ ops_relation("run_history")
            ~ " (run_id, started_at, status, command, is_masked, versions) values (getvariable('run_id'), "
            ~ "timestamp '" ~ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") ~ "', 'started', '"
            ~ flags.WHICH ~ "', " ~ (var("pii_masking_enabled") | string | lower) ~ ", '" ~ versions ~ "')"
        ) %}
    {% endif %}
{% endmacro %}
