{% macro start_run() %}
    {#- Before anything else of a run that writes: refuse what would harm the warehouse, mark runs
        that died as interrupted, and record that this one began. Returns nothing to execute. -#}
    {% do adapter.dispatch("start_run", "benefits_warehouse")() %}
{% endmacro %}


{% macro default__start_run() %}
    {#- See start_run. -#}
    {% if execute %}
        {% do check_feeds() %}
    {% endif %}
    {% if execute and is_recorded_run() %}
        {% do check_vars() %}
        {% do check_senders() %}
        {% do check_limits() %}
        {% do check_zone() %}
        {% do check_origin() %}
        {% do check_landed() %}
        {% do record_start() %}
    {% endif %}
{% endmacro %}


{% macro record_start() -%}
    {#- Writes that this run began. dbt may have left a transaction open on this connection and
        would roll it back: end it first. -#}
    {%- set run_history = relation_of("run_history") -%}
    {%- do adapter.commit() -%}
    {%- for name in ["run_history", "node_history", "alerts"] -%}
        {%- do run_query(hook_table_ddl(graph.nodes["model." ~ project_name ~ "." ~ name])) -%}
    {%- endfor -%}
    {%- set interrupt -%}
        update {{ run_history }} set status = 'interrupted'
        where status = 'started' and run_id <> getvariable('run_id')
    {%- endset -%}
    {%- set begin -%}
        insert into {{ run_history }}
            (run_id, run_number, started_at, status, command, is_masked, versions)
        select
            getvariable('run_id'),
            (select coalesce(max(run_number), count(*)) + 1 from {{ run_history }}),
            timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}',
            'started',
            '{{ flags.WHICH }}',
            {{ var("pii_masking_enabled") | string | lower }},
            'dbt {{ dbt_version }}, duckdb ' || version()
    {%- endset -%}
    {%- if not var("pii_masking_enabled") -%}
        {%- do run_query("select audit_clear_build()") -%}
    {%- endif -%}
    {%- do run_query(interrupt) -%}
    {%- do run_query(begin) -%}
    {%- do adapter.commit() -%}
{%- endmacro %}


{% macro is_recorded_run() -%}
    {#- The commands that write to the warehouse have a run record; test, docs, compile and show
        have none. -#}
    {{ return(flags.WHICH in ["build", "run", "seed", "snapshot", "retry"]) }}
{%- endmacro %}
