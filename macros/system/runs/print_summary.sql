{% macro print_summary(status, published, exported, bad) -%}
    {#- What a person wants to know at the end of a build, findings first. Counts and sentences
        without ids only, no values of rows. -#}
    {%- set query -%}
        select
            runtime_seconds,
            getvariable('warehouse_folder') || coalesce(
                ', snapshot ' || published_snapshot || ' of the lake', '/analytics.duckdb'
            ) as published,
            format(
                '{:,} in, {:,} out, {:,} withheld; {:,} validation errors (quality.dq_scorecard)',
                coalesce(rows_in, 0), coalesce(rows_out, 0), coalesce(rows_quarantined, 0),
                coalesce(validation_errors, 0)
            ) as told
        from {{ relation_of("run_history") }}
        where run_id = getvariable('run_id')
    {%- endset -%}
    {%- set run = run_query(query).rows[0] -%}
    {%- set lines = ["", "Benefits warehouse: %s in %.1f s" % (status, run["runtime_seconds"])] -%}
    {%- if published -%}
        {%- do lines.extend(summary_lines("findings", told_findings())) -%}
        {%- do lines.extend(summary_lines("findings", told_decisions())) -%}
    {%- endif -%}
    {%- do lines.append("  rows                 " ~ run["told"]) -%}
    {%- do lines.extend(summary_lines("dq_scorecard", told_rules())) -%}
    {%- for name in ["company_enrichment", "rule_versions", "quarantine_history"] -%}
        {%- do lines.extend(summary_lines(name, told_changes(name))) -%}
    {%- endfor -%}
    {%- set ledger = relation_of("landing_ledger") -%}
    {%- do lines.extend(summary_lines("landing_ledger", told_sizes(ledger))) -%}
    {%- do lines.extend(summary_lines("landing_ledger", told_files(ledger))) -%}
    {%- if bad -%}
        {%- do lines.append(
            "  not published        fix and run again: "
            ~ bad | map(attribute="node.name") | join(", ")
        ) -%}
    {%- elif published -%}
        {%- do lines.append("  database             " ~ run["published"]) -%}
    {%- endif -%}
    {%- if exported -%}
        {%- do lines.append("  exports              " ~ export_folder()) -%}
        {%- do lines.extend(summary_lines("validation_errors", told_exports())) -%}
    {%- endif -%}
    {%- if published and not var("pii_masking_enabled") -%}
        {%- do lines.append(
            "  personal data        NOT MASKED (pii_masking_enabled: false): "
            ~ ("see who may read the lake" if is_lake() else "readable by you alone")
        ) -%}
    {%- endif -%}
    {{ print(lines | join("\n")) }}
{%- endmacro %}


{% macro summary_lines(model_name, query) -%}
    {#- Lines of the summary that tell of a table; none where the table is missing. -#}
    {%- set is_there = relation_of(model_name) | string in catalog().comments -%}
    {{ return(run_query(query).columns[0].values() if is_there else []) }}
{%- endmacro %}


{% macro told_sizes(ledger) -%}
    {#- Query of the lines about deliveries that are overdue or of an unusual size. -#}
    select format('  {:<20} {}', problem, told)
    from ({{ unusual_deliveries(ledger) }})
{%- endmacro %}


{% macro told_changes(model_name) -%}
    {#- Query of the lines of the summary that tell of a table: what enrichment did, what changed in
        judging, what quarantine let go. -#}
    {%- set relation = relation_of(model_name) -%}
    {%- set of_this_run = "run_id = getvariable('run_id')" -%}
    {{ return({
        "company_enrichment": "
            select '  enrichment           ' || format('{:,} companies', sum(ok))
                || coalesce(', failed: ' || string_agg(error || ' ' || failed, ', ' order by error)
                    filter (where failed > 0), '')
            from (
                select error, count(*) filter (where status = 'ok') as ok,
                    count(*) filter (where status = 'failed') as failed
                from " ~ relation ~ " group by error
            ) having count(*) > 0",
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
    }[model_name]) }}
{%- endmacro %}
