{% macro export_run_log() -%}
    {#- All runs so far, one line each; the last one is the run that writes it, finished. -#}
    {%- set run_log -%}
        select * from {{ relation_of("run_history") }}
        order by started_at, run_id
    {%- endset -%}
    {%- do export_file("run_log.jsonl", run_log) -%}
{%- endmacro %}
