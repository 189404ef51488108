{% macro record_run(status) -%}
    {#- Finishes the run's row in ops.run_history; counts stay null where their tables are not built yet. -#}
    {%- set counts = {} -%}
    {%- set sources = {
        "rows_in": ["landing_ledger", "coalesce(sum(\"rows\"), 0)", "run_id = getvariable('run_id')"],
        "rows_out": ["reconciliation", "sum(rows_valid)", "true"],
        "rows_quarantined": ["reconciliation", "sum(rows_quarantined)", "true"],
        "validation_errors": ["validation_errors", "count(*)", "true"],
        "enriched": ["company_enrichment", "count(*)", "status = 'ok'"],
        "enrichment_failed": ["company_enrichment", "count(*)", "status = 'failed'"],
    } -%}
    {%- for column, (name, measure, condition) in sources.items() -%}
        {%- set relation = ops_relation(name) -%}
        {%- if relation_exists(relation) -%}
            {%- do counts.update({
                column: "(select " ~ measure ~ " from " ~ relation ~ " where " ~ condition ~ ")"
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set assignments = [
        "status = '" ~ status ~ "'",
        "finished_at = get_current_timestamp()::timestamp",
        "runtime_seconds = date_diff('millisecond', started_at, get_current_timestamp()::timestamp) / 1000"
    ] -%}
    {%- for column, query in counts.items() -%}
        {%- do assignments.append(column ~ " = " ~ query) -%}
    {%- endfor -%}
    {%- do run_query(
        "update " ~ ops_relation("run_history") ~ " set " ~ assignments | join(", ")
        ~ " where run_id = getvariable('run_id')"
    ) -%}
{%- endmacro %}
