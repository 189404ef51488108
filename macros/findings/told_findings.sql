{% macro told_findings() -%}
    {#- Query of the lines of the summary about findings: how many are new, reopened, resolved and
        open, and the five that matter most of those that nobody has accepted or snoozed. -#}
    {%- set findings = relation_of("findings") -%}
    {%- set order -%}
        list_position(['Critical', 'High', 'Medium', 'Low'], severity),
        money_at_stake desc nulls last,
        finding_id
    {%- endset -%}
    {#- What an unmasked run writes is for its tables, not for messages. -#}
    {%- set told = "summary" if var("pii_masking_enabled")
        else "concat_ws(': ', company_name, kind)" -%}
    with

    known as (
        select
            *,
            status in ('new', 'open', 'reopened') as is_due,
            if(run_id = getvariable('run_id'), last_events, []) as events
        from {{ findings }}
    ),

    counted as (
        select
            count(*) filter (where list_contains(events, 'found') and resolved_at is null) as found,
            count(*) filter (where list_contains(events, 'reopened')) as reopened,
            count(*) filter (
                where list_contains(events, 'resolved') and not list_contains(events, 'found')
            ) as resolved,
            count(*) filter (where is_due) as due,
            coalesce(sum(money_at_stake) filter (where is_due), 0) as money
        from known
    ),

    worst as (
        select
            *,
            row_number() over (order by {{ order }}) as place
        from known
        where is_due
        qualify place <= 5
    )

    select line from (
        select
            0 as place,
            format(
                '  findings             {:,} new, {:,} reopened, {:,} resolved; {:,} open, '
                || '{} at stake', found, reopened, resolved, due, {{ us_money('money') }}
            ) as line
        from counted
        union all
        select place, format('    {:<18} {}', severity, left({{ told }}, 110)) as line
        from worst
    )
    order by place
{%- endmacro %}
