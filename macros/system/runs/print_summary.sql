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


{% macro told_files(ledger) -%}
    {#- Query of the lines of the summary about delivered files: that none was loaded, files of this
        run that were not loaded or loaded with a remark, and what was refused before and is still
        there: until the file is gone, or another one of that delivery has loaded. -#}
    {%- set seen = ledger.incorporate(path={"identifier": "landing_seen"}) -%}
    {%- if seen | string not in catalog().comments -%} {#- an older version made the ledger -#}
        {{ return("select null as line where false") }}
    {%- endif -%}
    with

    ledger as (
        select
            *,
            run_id = getvariable('run_id') as is_new,
            max(loaded_at) filter (where status <> 'refused') over (
                partition by source, feed, coalesce(sender, ''), delivery
            ) as last_loaded_at
        from {{ ledger }}
    ),

    told as (
        select
            file_id,
            format(
                '  {} {}.{} {}: {}', if(is_new, status, 'still ' || status), source, feed,
                {{ shown_name('file') }}, reason
            ) as line
        from ledger
        where
            reason is not null
            and (
                is_new
                or (
                    status = 'refused'
                    and coalesce(last_loaded_at <= loaded_at, true)
                    and file_id in (select file_id from {{ seen }})
                )
            )
    )

    select format('  nothing loaded       none of {} files could be loaded', count(*)) as line
    from ledger
    where is_new or not exists (from ledger where status = 'loaded')
    having count(*) > 0 and count(*) filter (where status = 'loaded') = 0
    union all
    select '  nothing loaded       no file is new' as line
    from {{ seen }}
    where
        not exists (from ledger where is_new)
        and exists (from ledger where status = 'loaded' and origin = 'landing_zone')
    having count(*) > 0
    union all
    select '  nothing loaded       the landing zone holds no file' as line
    where
        not exists (from {{ seen }})
        and exists (from ledger where origin = 'landing_zone')
    union all
    select line from ({{ told_companies(ledger) }})
    union all
    select line from (select line from told order by file_id)
    union all
    select line from (
        select format(
            '  {} {}.{} {}{}',
            case files.decision when 'withdraw' then 'withdrawn' when 'trust' then 'trusted'
                else 'deletes nothing:' end,
            files.source, files.feed, {{ shown_name('files.delivery') }},
            coalesce(': ' || files.held_back, '')
        ) as line
        from {{ landing_files() }} as files
        inner join ledger
            on files.file_id = ledger.file_id
        where
            files.file_id = files.delivery_id
            and (files.decision is not null or (ledger.is_new and files.held_back is not null))
        order by files.file_id
    )
{%- endmacro %}


{% macro told_companies(ledger) -%}
    {#- Query of the lines of the summary about companies whose persons stay on a roster since no
        delivery of the feed mentions them any more: for longer than the feed's rhythm. -#}
    {%- set states = ledger.incorporate(path={"identifier": "landing_states"}) -%}
    {%- for name, feed in feeds().items() if feed.speaks_for %}
    select format(
        '  not mentioned        {{ name }} {} since {}: its {:,} rows stay until a delivery '
        || 'names it', company, last_on, held_rows
    ) as line
    from (
        select
            states.company,
            max(files.delivered_on) as last_on,
            count(distinct (states.file_id, states.source_row)) as held_rows
        from {{ states }} as states
        inner join {{ landing_files() }} as files
            on states.last_delivery = files.file_id
        where
            states.source = '{{ feed.source }}' and states.feed = '{{ feed.feed }}'
            and states.is_latest and not states.is_deleted and states.company is not null
        group by states.company
    )
    where last_on + {{ feed.rhythm_days }} < (
        select max(delivered_on) from {{ landing_files() }}
        where source = '{{ feed.source }}' and feed = '{{ feed.feed }}' and not is_withdrawn
    )
    {{ "union all" if not loop.last }}
    {%- else %}
    select null as line where false
    {%- endfor %}
{%- endmacro %}
