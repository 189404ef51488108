-- A full calendar makes "the last 90 days" a count of rows, days without claims included. Verdicts are
-- computed in cents by multiplication: division would round before it compares.
{% set length = var('spike_window_days') | int %}
with

claims as (
    select * from {{ ref('fct_claims') }}
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'benefits_admin'
),

days as (
    select
        claims.company_ein,
        claims.service_date,
        sum(claims.amount) as cost,
        count(*) as claim_count
    from claims
    cross join as_of
    where claims.service_date <= as_of.as_of_date
    group by claims.company_ein, claims.service_date
),

companies as (
    select
        company_ein,
        min(service_date) as first_day
    from days
    group by company_ein
),

calendar as (
    select
        companies.company_ein,
        companies.first_day,
        unnest(generate_series(companies.first_day, as_of.as_of_date, interval 1 day))::date as day
    from companies
    cross join as_of
),

windows as (
    select
        calendar.company_ein,
        calendar.first_day,
        calendar.day,
        coalesce(sum(days.cost) over current_window, 0) as current_cost,
        coalesce(sum(days.cost) over previous_window, 0) as previous_cost,
        coalesce(sum(days.claim_count) over current_window, 0) as current_claims,
        coalesce(sum(days.claim_count) over previous_window, 0) as previous_claims
    from calendar
    left join days
        on
            calendar.company_ein = days.company_ein
            and calendar.day = days.service_date
    window
        current_window as (
            partition by calendar.company_ein order by calendar.day
            rows between {{ length - 1 }} preceding and current row
        ),
        previous_window as (
            partition by calendar.company_ein order by calendar.day
            rows between {{ 2 * length - 1 }} preceding and {{ length }} preceding
        )
),

cents as (
    select
        *,
        (current_cost * 100)::hugeint as current_cents,
        (previous_cost * 100)::hugeint as previous_cents,
        day - first_day < {{ 2 * length - 1 }} as has_short_history
    from windows
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
    from cents
)

select
    company_ein,
    day - {{ length - 1 }} as window_start,
    day as window_end,
    previous_cost::decimal(38, 2) as prev_90d_cost,
    current_cost::decimal(38, 2) as current_90d_cost,
    case
        when previous_cents > 0 and not has_short_history
            then {{ rounded_ratio('(current_cents - previous_cents) * 100', 'previous_cents', 2) }}
    end::decimal(38, 2) as pct_change,
    status,
    current_claims::bigint as claims_current,
    previous_claims::bigint as claims_prev
from verdicts
