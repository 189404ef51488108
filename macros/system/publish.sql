{% macro publish(results) -%}
    {#- Checkpoint the working copy and put a copy of it where readers look, by rename. A run of
        some models only publishes nothing when the run before it did not end well: readers never
        see half a build. -#}
    {%- set last_status -%}
        select status from {{ ops_relation("run_history") }}
        where run_id <> getvariable('run_id') and command in ('build', 'run', 'retry')
        order by started_at desc
        limit 1
    {%- endset -%}
    {%- set before = run_query(last_status).rows -%}
    {%- if is_whole_run(results) or not before or before[0][0] == "success" -%}
        {%- do adapter.commit() -%}
        {%- do run_query("checkpoint " ~ target.database) -%}
        {%- set query -%}
            select publish_file(
                getvariable('warehouse_folder') || '/.build/analytics.duckdb',
                getvariable('warehouse_folder') || '/analytics.duckdb'
            )
        {%- endset -%}
        {%- do run_query(query) -%}
    {%- else -%}
        {{ log(
            "Not published: the run before failed, and this one built only a part. Run dbt build.",
            info=true
        ) }}
    {%- endif -%}
{%- endmacro %}
