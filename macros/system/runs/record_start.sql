{% macro record_start() -%}
    {#- Writes that this run began. dbt may have left a transaction open on this connection and
        would roll it back: end it first. -#}
    {%- set run_history = ops_relation("run_history") -%}
    {%- do adapter.commit() -%}
    {%- for name in ["run_history", "node_history"] -%}
        {%- do run_query(hook_table_ddl(model_node(name))) -%}
    {%- endfor -%}
    {%- set interrupt -%}
        update {{ run_history }} set status = 'interrupted'
        where status = 'started' and run_id <> getvariable('run_id')
    {%- endset -%}
    {%- set begin -%}
        insert into {{ run_history }}
            (run_id, started_at, status, command, is_masked, versions)
        values (
            getvariable('run_id'),
            timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}',
            'started',
            '{{ flags.WHICH }}',
            {{ var("pii_masking_enabled") | string | lower }},
            'dbt {{ dbt_version }}, duckdb ' || version()
        )
    {%- endset -%}
    {%- do run_query(interrupt) -%}
    {%- do run_query(begin) -%}
    {%- do adapter.commit() -%}
{%- endmacro %}
