{% macro print_summary(status, published, exported, bad) -%}
    {#- What a person wants to know at the end of a build. Rules and counts only, no values of
        rows. -#}
    {%- set query -%}
        select
            *,
            getvariable('warehouse_folder') as folder,
            {% if relation_of("company_enrichment") | string in catalog().comments -%}
            (
                select '(' || string_agg(error || ' ' || domains, ', ' order by error) || ')'
                from (
                    select error, count(*) as domains
                    from {{ relation_of("company_enrichment") }}
                    where status = 'failed'
                    group by error
                )
            )
            {%- else -%} null {%- endif %} as enrichment_errors
        from {{ relation_of("run_history") }}
        where run_id = getvariable('run_id')
    {%- endset -%}
    {%- set run = run_query(query).rows[0] -%}
    {%- set seconds = "%.1f" % run["runtime_seconds"] -%}
    {%- set lines = ["", "Benefits warehouse: " ~ status ~ " in " ~ seconds ~ " s"] -%}
    {%- for label, column in {
        "rows in": "rows_in", "rows out": "rows_out", "quarantined": "rows_quarantined",
        "validation errors": "validation_errors", "companies enriched": "enriched",
        "enrichment failed": "enrichment_failed",
    }.items() if run[column] is not none -%}
        {%- set why = run["enrichment_errors"] or "" if column == "enrichment_failed" else "" -%}
        {%- do lines.append("  %-20s %s %s" % (label, "{:,}".format(run[column] | int), why)) -%}
    {%- endfor -%}
    {%- for name in [
        "validation_errors", "rule_versions", "quarantine_history", "landing_ledger"
    ] -%}
        {%- do lines.extend(summary_lines(name)) -%}
    {%- endfor -%}
    {%- if bad -%}
        {%- do lines.append(
            "  not published; fix and run again: " ~ bad | map(attribute="node.name") | join(", ")
        ) -%}
    {%- elif published -%}
        {%- do lines.append("  database             " ~ run["folder"] ~ "/analytics.duckdb") -%}
    {%- endif -%}
    {%- if exported -%}
        {%- do lines.append("  exports              " ~ export_folder()) -%}
    {%- endif -%}
    {{ print(lines | join("\n")) }}
{%- endmacro %}


{% macro summary_lines(model_name) -%}
    {#- Lines of the summary that tell of a table: which rules fired, what changed in judging, what
        quarantine let go, deliveries that are overdue or of an unusual size, that no file was
        loaded, files that were not loaded or loaded with a remark. None where the table is
        missing. -#}
    {%- set relation = relation_of(model_name) -%}
    {%- set of_this_run = "run_id = getvariable('run_id')" -%}
    {%- set queries = {
        "validation_errors": "
            select format('    {:<50} {:,}', source || '.' || feed || ' ' || error_reason
                || if(tier = 2, ' (withheld)', ''), count(*))
            from " ~ relation ~ "
            group by source, feed, error_reason, tier
            order by tier desc, source, feed, error_reason",
        "rule_versions": "
            select '  judged again         all rows, since these changed: '
                || string_agg(name, ', ' order by name)
            from " ~ relation ~ "
            where " ~ of_this_run ~ " and exists (from " ~ relation ~ " where not " ~ of_this_run
            ~ ") having count(*) > 0",
        "quarantine_history": "
            select '  no longer withheld   '
                || string_agg(format('{:,} {}', stays, outcome), ', ' order by outcome)
            from (
                select outcome, count(*) as stays from " ~ relation ~ "
                where left_" ~ of_this_run ~ " group by outcome
            ) having count(*) > 0",
        "landing_ledger": "
            select format('  {:<20} {}', problem, told)
            from (" ~ unusual_deliveries(relation) ~ ")
            union all
            select * from (" ~ told_files(relation) ~ ")",
    } -%}
    {%- set is_there = relation | string in catalog().comments -%}
    {{ return(run_query(queries[model_name]).columns[0].values() if is_there else []) }}
{%- endmacro %}
