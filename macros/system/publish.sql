{% macro publish(results) -%}
    {#- Checkpoint the working copy and put a copy of it where readers look, by rename. A run of some models
        only publishes nothing when the last run before it did not end well: readers never see half a
        build. -#}
    {%- set before = run_query(
        "select status from " ~ ops_relation("run_history") ~ " where run_id <> getvariable('run_id') "
        ~ "and command in ('build', 'run', 'retry') order by started_at desc limit 1"
    ) -%}
    {%- set is_sound = not before.rows or before.rows[0][0] == "success" -%}
    {%- if is_whole_run(results) or is_sound -%}
        {%- do adapter.commit() -%}
        {%- do run_query("checkpoint " ~ target.database) -%}
        {%- do run_query(
            "select publish_file(getvariable('warehouse_folder') || '/.build/analytics.duckdb', "
            ~ "getvariable('warehouse_folder') || '/analytics.duckdb')"
        ) -%}
    {%- else -%}
        {{ log("Not published: the run before failed, and this one built only a part. Run dbt build.",
            info=true) }}
    {%- endif -%}
{%- endmacro %}
