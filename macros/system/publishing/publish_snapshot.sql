{% macro publish_snapshot() -%}
    {#- Tells readers of a lake which snapshot to read: the one in which this run is a success. What
        comes after it, such as the record of the exports, is for the next one. Snapshots older than
        var lake_snapshot_days go, with the files that only they had. -#}
    {%- set run_history = relation_of("run_history") -%}
    {%- do record_run("success", true) -%}
    {%- set number = run_query("select id from " ~ target.database ~ ".current_snapshot()") -%}
    {%- set told -%}
        update {{ run_history }}
        set
            status = 'started',
            finished_at = null,
            published_snapshot = {{ number.rows[0][0] }}
        where run_id = getvariable('run_id')
    {%- endset -%}
    {%- do run_query(told) -%}
    {%- do adapter.commit() -%}
    {%- do run_query("select open_to_readers()") -%}
    {#- Where a file's free blocks would have to go (ask_for_rewrite), so do all snapshots. -#}
    {%- set note = "getvariable('warehouse_folder') || '/.build/rewrite'" -%}
    {%- set state = run_query("select file_state(" ~ note ~ ")").rows[0][0] -%}
    {%- set days = var("lake_snapshot_days") | int if state == "none" else 0 -%}
    {%- for lake in [target.database, "restricted"] -%}
        {%- do run_query(
            "call ducklake_expire_snapshots('" ~ lake ~ "', older_than => now() - interval "
            ~ days ~ " days)"
        ) -%}
        {%- do run_query(
            "call ducklake_cleanup_old_files('" ~ lake ~ "', "
            ~ ("older_than => now() - interval 1 hour)" if days else "cleanup_all => true)")
        ) -%}
        {%- do adapter.commit() -%}
    {%- endfor -%}
    {%- do run_query("select rewrite_done()") -%}
    {{ return(true) }}
{%- endmacro %}


{% macro is_lake() -%}
    {#- Whether DuckLake stores what this run writes. -#}
    {{ return(adapter.is_ducklake(relation_of("run_history"))) }}
{%- endmacro %}
