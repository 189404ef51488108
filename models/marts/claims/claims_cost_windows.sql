{{ config(
    materialized='after_judged',
    meta={
        'partitioned_by': ['year(window_end)'],
        'part': ['company_ein', 'window_end'],
    }
) }}

-- A full calendar makes "the last 90 days" a count of rows, days without claims included. Verdicts
-- are computed in cents by multiplication: division would round before it compares.
{% set length = var('spike_window_days') | int %}

-- depends_on: {{ ref('int_claims_judged') }}
with

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'benefits_admin'
),

days as (
    select
        daily.company_ein,
        daily.service_date,
        (daily.amount * 100)::hugeint as cents,
        daily.claim_count
    from {{ ref('int_claims_daily') }} as daily
    cross join as_of
    where daily.service_date <= as_of.as_of_date
),

-- Running totals: a window's sum is the difference of two of them, whatever its length.
totals as (
    select
        company_ein,
        service_date,
        min(service_date) over (partition by company_ein) as first_day,
        lead(service_date) over (partition by company_ein order by service_date) as next_day,
        sum(cents) over so_far as cents,
        sum(claim_count) over so_far as claim_count
    from days
    window so_far as (
        partition by company_ein order by service_date
        rows between unbounded preceding and current row
    )
),

-- A total stays what it is until the next day with claims. Two windows before the first day that is
-- asked for are enough.
calendar as (
    select
        totals.company_ein,
        totals.first_day,
        totals.cents,
        totals.claim_count,
        {%- if is_increment() %}
        changed.changed_from,
        {%- endif %}
        {{ each_step(
            'greatest(totals.service_date, changed.changed_from - ' ~ 2 * length ~ ')'
            if is_increment() else 'totals.service_date',
            'coalesce(totals.next_day - 1, as_of.as_of_date)', 'day'
        ) }} as day
    from totals
    cross join as_of
    {%- if is_increment() %}
    inner join {{ changed_windows() }} as changed
        on totals.company_ein is not distinct from changed.company_ein
    {%- endif %}
),

earlier as (
    select
        *,
        lag(cents, {{ length }}, 0) over by_day as cents_before,
        lag(cents, {{ 2 * length }}, 0) over by_day as cents_long_before,
        lag(claim_count, {{ length }}, 0) over by_day as claims_before,
        lag(claim_count, {{ 2 * length }}, 0) over by_day as claims_long_before
    from calendar
    window by_day as (partition by company_ein order by day)
),

windows as (
    select
        company_ein,
        first_day,
        day,
        cents - cents_before as current_cents,
        cents_before - cents_long_before as previous_cents,
        claim_count - claims_before as current_claims,
        claims_before - claims_long_before as previous_claims,
        (day - first_day)::bigint < {{ 2 * length - 1 }} as has_short_history
    from earlier
    {%- if is_increment() %}
    where day >= changed_from
    {%- endif %}
),

verdicts as (
    select
        *,
        case
            when has_short_history then 'insufficient_history'
            when previous_cents = 0 and current_cents > 0 then 'new_activity'
            when previous_cents = 0 and current_cents = 0 then 'no_activity'
            when previous_cents < 0 then 'non_positive_base'
            when {{ grew_by_more_than('current_cents', 'previous_cents') }} then 'spike'
            else 'normal'
        end as status
    from windows
)

select
    company_ein,
    day - {{ length - 1 }} as window_start,
    day as window_end,
    {{ from_cents('previous_cents') }} as prev_90d_cost,
    {{ from_cents('current_cents') }} as current_90d_cost,
    case
        when previous_cents > 0 and not has_short_history
            then {{ rounded_ratio('(current_cents - previous_cents) * 100', 'previous_cents', 2) }}
    end::decimal(38, 2) as pct_change,
    status,
    current_claims::bigint as claims_current,
    previous_claims::bigint as claims_prev
from verdicts
