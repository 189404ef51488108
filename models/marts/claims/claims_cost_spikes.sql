-- Consecutive spike days are one event; it shows the windows of its peak day and what drove the
-- cost: more claims (frequency) or a higher cost per claim (severity).
with

windows as (
    select
        *,
        (prev_90d_cost * 100)::hugeint as previous_cents,
        (current_90d_cost * 100)::hugeint as current_cents
    from {{ ref('claims_cost_windows') }}
    where status = 'spike'
),

claims as (
    select * from {{ ref('fct_claims') }}
),

companies as (
    select * from {{ ref('dim_companies') }}
),

numbered as (
    select
        *,
        -- Consecutive days minus their row number give the same day.
        window_end - row_number() over (
            partition by company_ein order by window_end
        )::integer as event_key
    from windows
),

ranked as (
    select
        *,
        min(window_end) over event as first_flagged_on,
        max(window_end) over event as last_flagged_on,
        row_number() over (
            partition by company_ein, event_key
            order by {{ exact_ratio('current_cents', 'previous_cents') }} desc, window_end asc
        ) as growth_rank
    from numbered
    window event as (partition by company_ein, event_key)
),

peaks as (
    select
        *,
        current_cents - previous_cents as growth_cents,
        -- (n1 - n0) * (s0 + s1) / 2 with s = cost / n, over one denominator.
        {{ rounded_ratio(
            '(claims_current - claims_prev)::hugeint'
            ~ ' * (previous_cents * claims_current + current_cents * claims_prev)',
            '(claims_current * claims_prev * 2)::hugeint',
            0
        ) }}::hugeint as frequency_cents
    from ranked
    where growth_rank = 1
),

largest as (
    select
        peaks.company_ein,
        peaks.window_end,
        (max(claims.amount)::decimal(38, 2) * 100)::hugeint as largest_cents
    from peaks
    inner join claims
        on
            peaks.company_ein = claims.company_ein
            and claims.service_date between peaks.window_start and peaks.window_end
    group by peaks.company_ein, peaks.window_end
)

select
    peaks.company_ein,
    companies.company_name,
    peaks.first_flagged_on,
    peaks.last_flagged_on,
    peaks.window_start,
    peaks.window_end,
    peaks.prev_90d_cost,
    peaks.current_90d_cost,
    peaks.pct_change,
    peaks.claims_current,
    peaks.claims_prev,
    {{ from_cents('peaks.frequency_cents') }} as frequency_effect,
    {{ from_cents('peaks.growth_cents - peaks.frequency_cents') }} as severity_effect,
    {{ rounded_ratio('largest.largest_cents', 'peaks.current_cents', 4) }}::decimal(38, 4)
        as top_claim_share
from peaks
inner join largest
    on
        peaks.company_ein = largest.company_ein
        and peaks.window_end = largest.window_end
left join companies
    on peaks.company_ein = companies.company_ein
