{% macro publish_snapshot() -%}
    {#- Publishes a lake: the snapshot in which this run is a success gets the commit message
        'published', by which readers find it, once they have the right to read its files. What
        comes after it, such as the record of the exports, is for the next one. Snapshots older than
        var lake_snapshot_days go, with the files that only they had. -#}
    {%- set run_history = relation_of("run_history") -%}
    {%- set is_masked = var("pii_masking_enabled") | string | lower -%}
    {%- do record_run("success", true) -%}
    {%- do run_query("select open_to_readers(" ~ is_masked ~ ")") -%}
    {%- do adapter.commit() -%}
    {#- A commit of its own that writes no file. -#}
    {%- set publication -%}
        begin;
        call ducklake_set_commit_message('{{ target.database }}', 'dbt', 'published');
        comment on table {{ run_history }} is 'published by run {{ invocation_id }}';
        commit
    {%- endset -%}
    {%- do run_query(publication) -%}
    {%- set number -%}
        select max(snapshot_id) from ducklake_snapshots('{{ target.database }}')
        where commit_message = 'published'
    {%- endset -%}
    {%- set number = run_query(number).rows[0][0] -%}
    {%- set told -%}
        update {{ run_history }}
        set status = 'started', finished_at = null, published_snapshot = {{ number }}
        where run_id = getvariable('run_id')
    {%- endset -%}
    {%- do run_query(told) -%}
    {%- do adapter.commit() -%}
    {#- Where a file's free blocks would have to go (ask_for_rewrite), so do all before this one. -#}
    {%- set note = "getvariable('warehouse_folder') || '/.build/rewrite'" -%}
    {%- set is_asked = run_query("select file_state(" ~ note ~ ")").rows[0][0] != "none" -%}
    {%- set days = 0 if is_asked else var("lake_snapshot_days") | int -%}
    {%- for lake in [target.database, "restricted"] -%}
        {%- set snapshots -%}
            select list(snapshot_id)::varchar from ducklake_snapshots('{{ lake }}')
            where
                snapshot_time < now() - interval {{ days }} days
                {%- if lake == target.database %} and snapshot_id < {{ number }} {%- endif %}
                and snapshot_id < (select id from {{ lake }}.current_snapshot())
        {%- endset -%}
        {%- set old = run_query(snapshots).rows[0][0] -%}
        {%- if old -%}
            {%- do run_query(
                "call ducklake_expire_snapshots('" ~ lake ~ "', versions => " ~ old ~ ")"
            ) -%}
            {%- do run_query(
                "call ducklake_cleanup_old_files('" ~ lake ~ "', cleanup_all => true)"
            ) -%}
            {%- do adapter.commit() -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do run_query("select rewrite_done()") -%}
    {{ return(true) }}
{%- endmacro %}


{% macro is_lake() -%}
    {#- Whether DuckLake stores what this run writes. -#}
    {{ return(adapter.is_ducklake(relation_of("run_history"))) }}
{%- endmacro %}
