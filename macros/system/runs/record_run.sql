{% macro record_run(status, published, database=target.database) -%}
    {#- Finishes the run's row in ops.run_history of a database; counts, which are those of the
        working copy, stay null while their tables are missing. It ends the transaction: where there
        is nothing to export, no one else would. -#}
    {%- set counts = {
        "rows_in": ["landing_ledger", "sum(rows)", "run_id = getvariable('run_id')"],
        "rows_out": ["reconciliation", "sum(rows_valid)", "true"],
        "rows_quarantined": ["reconciliation", "sum(rows_quarantined)", "true"],
        "validation_errors": ["validation_errors", "count(*)", "true"],
        "enriched": ["company_enrichment", "count(*)", "status = 'ok'"],
        "enrichment_failed": ["company_enrichment", "count(*)", "status = 'failed'"],
    } -%}
    {%- set query -%}
        update {{ relation_of("run_history").incorporate(path={"database": database}) }}
        set
            {% for column, (name, measure, condition) in counts.items() -%}
            {%- if relation_of(name) | string in catalog().comments -%}
            {{ column }} = (
                select coalesce({{ measure }}, 0)
                from {{ relation_of(name) }}
                where {{ condition }}
            ),
            {% endif -%}
            {%- endfor -%}
            status = '{{ status }}',
            is_published = {{ published | string | lower }},
            finished_at = get_current_timestamp()::timestamp,
            runtime_seconds = date_diff(
                'millisecond', started_at, get_current_timestamp()::timestamp
            ) / 1000
        where run_id = getvariable('run_id')
    {%- endset -%}
    {%- do run_query(query) -%}
    {%- do adapter.commit() -%}
{%- endmacro %}
