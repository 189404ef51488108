{% macro duckdb__snapshot_get_time() -%}
    {#- Overrides dbt's clock for snapshots, see set_snapshot_time. -#}
    getvariable('snapshot_time')::timestamp
{%- endmacro %}
