{% macro log_events(findings) -%}
    {#- The statement that adds to finding_events what this run wrote, in the transaction of the
        findings; findings: the relation of that name. -#}
    insert into {{ relation_of("finding_events") }} by name
    select
        finding_id,
        unnest(last_events) as event,
        kind,
        company_ein,
        severity,
        status,
        money_at_stake,
        decision,
        decided_by,
        timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as happened_at,
        run_id
    from {{ findings }}
    where run_id = getvariable('run_id')
{%- endmacro %}
