{% macro publish_snapshot() -%}
    {#- Tells readers of a lake which snapshot to read: the one in which this run is a success. What
        comes after it, such as the record of the exports, is for the next one. Where free blocks of
        a file would have to go (ask_for_rewrite), snapshots do. -#}
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
    {{ return(true) }}
{%- endmacro %}


{% macro is_lake() -%}
    {#- Whether DuckLake stores what this run writes. -#}
    {{ return(adapter.is_ducklake(relation_of("run_history"))) }}
{%- endmacro %}
