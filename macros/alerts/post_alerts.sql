{% macro post_alerts() -%}
    {#- Posts what nobody was told yet as one message, and notes afterwards that it was taken: a
        kill in between has it told twice, never not at all. No number stands for a company. -#}
    {%- set alerts, runs = relation_of("alerts"), relation_of("run_history") -%}
    {%- set has_findings = relation_of("findings") | string in catalog().comments -%}
    {%- set post -%}
        with

        told as (
            select
                alerts.kind,
                count(*) as alerts,
                {{ "findings.severity" if has_findings else "null" }} as severity,
                {{ "nullif(findings.company_name, findings.company_ein)" if has_findings
                    else "null" }} as company,
                runs.run_id,
                runs.command,
                strftime(runs.started_at, '%Y-%m-%d %H:%M') as began,
                (
                    select list(split_part(nodes.node, '.', 3) order by nodes.node)
                    from {{ relation_of("node_history") }} as nodes
                    where
                        nodes.run_id = runs.run_id
                        and nodes.status in ('error', 'fail', 'runtime error')
                ) as nodes
            from {{ alerts }} as alerts
            left join {{ runs }} as runs
                on alerts.finding_id is null and alerts.run_id = runs.run_id
            {%- if has_findings %}
            left join {{ relation_of("findings") }} as findings
                on alerts.finding_id = findings.finding_id
            {%- endif %}
            where alerts.posted_at is null
            group by all
        )

        select post_alerts(to_json(list(told))) from told
    {%- endset -%}
    {%- set error = run_query(post).rows[0][0] -%}
    {%- if error is not none -%}
        {%- set note -%}
            update {{ alerts }}
            set
                attempts = attempts + 1,
                posted_at = if('{{ error }}' = '', get_current_timestamp()::timestamp, null),
                last_error = nullif('{{ error }}', '')
            where posted_at is null
        {%- endset -%}
        {%- do run_query(note) -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
    {%- do run_query("select end_alerts()") -%}
    {%- if error -%}
        {%- set told = "not delivered (" ~ error | replace("_", " ") ~ ")" -%}
        {{ print("  alerts               " ~ told ~ "; tried again in the next run") }}
    {%- endif -%}
{%- endmacro %}
