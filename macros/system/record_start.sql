{% macro record_start() -%}
    {#- Writes that this run began, once: `dbt retry` skips on-run-start, so the end of a run calls it too.
        dbt may have left a transaction open on this connection and would roll it back: end it first. -#}
    {%- do adapter.commit() -%}
    {%- for name in ["run_history", "node_history"] -%}
        {%- do run_query(hook_table_ddl(graph.nodes["model." ~ project_name ~ "." ~ name])) -%}
    {%- endfor -%}
    {%- do run_query(
        "update " ~ ops_relation("run_history") ~ " set status = 'interrupted' "
        ~ "where status = 'started' and run_id <> getvariable('run_id')"
    ) -%}
    {%- do run_query(
        "insert into " ~ ops_relation("run_history")
        ~ " (run_id, started_at, status, command, is_masked, versions) select getvariable('run_id'), "
        ~ "timestamp '" ~ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") ~ "', 'started', '"
        ~ flags.WHICH ~ "', " ~ (var("pii_masking_enabled") | string | lower) ~ ", 'dbt "
        ~ dbt_version ~ ", duckdb ' || version() where not exists (select 1 from "
        ~ ops_relation("run_history") ~ " where run_id = getvariable('run_id'))"
    ) -%}
    {%- do adapter.commit() -%}
{%- endmacro %}
