{% macro publish(results) -%}
    {#- Checkpoint the working copy and put a copy of it where readers look, by rename. The copy
        says that the run succeeded; the working copy says so once exports are written, too. A run
        of some models only publishes nothing when the run before it did not end well: readers
        never see half a build. -#}
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
        {%- set copy -%}
            select
                copy_beside(folder || '/.build/analytics.duckdb', folder || '/analytics.duckdb'),
                folder || '/analytics.duckdb'
            from (select getvariable('warehouse_folder') as folder)
        {%- endset -%}
        {%- set beside, goal = run_query(copy).rows[0] -%}
        {%- do run_query("attach '" ~ beside | replace("'", "''") ~ "' as publication") -%}
        {%- do record_run("success", "publication") -%}
        {%- do run_query("checkpoint publication") -%}
        {%- do run_query("detach publication") -%}
        {%- do run_query(
            "select finish_file('" ~ beside | replace("'", "''") ~ "', '"
            ~ goal | replace("'", "''") ~ "')"
        ) -%}
    {%- else -%}
        {{ log(
            "Not published: the run before failed, and this one built only a part. Run dbt build.",
            info=true
        ) }}
    {%- endif -%}
{%- endmacro %}
