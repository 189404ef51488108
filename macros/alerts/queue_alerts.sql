{% macro queue_alerts(status, published) -%}
    {#- Adds to ops.alerts what is due and is not there: this run where it failed, runs before it
        that were killed or stopped, and, once readers can look them up, the open findings that are
        High or more, refused files and overdue feeds. So a run that publishes later tells what an
        earlier one found. record_run ends the transaction. Returns whether a webhook is set. -#}
    {%- if not run_query("select alerts_wanted()").rows[0][0] -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set runs = relation_of("run_history") -%}
    {%- set now = "timestamp '" ~ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") ~ "'" -%}
    {%- set queue -%}
        insert into {{ relation_of("alerts") }} by name
        with

        due as (
            select
                split_part(line, ' ', 1) as run_id,
                'run_stopped' as kind,
                null as finding_id,
                run_id as alert_id,
                if(line like '% %', null, {{ now }}) as posted_at,
                1 as attempts,
                nullif(split_part(line, ' ', 2), '') as last_error
            from (select unnest(stopped_runs()) as line)
            union all
            select run_id, 'run_' || status, null, run_id, null, 0, null
            from {{ runs }}
            where
                status = 'interrupted' and run_number > (
                    select coalesce(max(run_number), 0) from {{ runs }}
                    where finished_at is not null and run_id <> getvariable('run_id')
                )
            {%- if status == "failed" %}
            union all
            select getvariable('run_id'), 'run_failed', null, getvariable('run_id'), null, 0, null
            {%- endif %}
            {%- if published and relation_of("findings") | string in catalog().comments %}
            union all
            select
                run_id, kind, finding_id,
                finding_id || coalesce(strftime(reopened_at, ' %Y-%m-%d %H:%M:%S.%f'), ''),
                null, 0, null
            from {{ relation_of("findings") }}
            where
                resolved_at is null and status not in ('accepted', 'snoozed')
                and (severity in ('High', 'Critical') or kind in ('file_refused', 'feed_overdue'))
            {%- endif %}
        )

        select *, {{ now }} as due_at from due
        where alert_id not in (select alert_id from {{ relation_of("alerts") }})
        qualify row_number() over (partition by alert_id order by attempts desc) = 1
    {%- endset -%}
    {%- do run_query(queue) -%}
    {{ return(true) }}
{%- endmacro %}
