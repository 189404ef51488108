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

{{ claims_of_spikes('peaks', 'claims', ref('claims_completion')) }},

{{ members_of_spikes('peaks', ref('int_employees_observed')) }}

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
    {{ rounded_ratio(
        '(of_claims.largest_claim::decimal(38, 2) * 100)::hugeint', 'peaks.current_cents', 4
    ) }}::decimal(38, 4) as top_claim_share,
    of_claims.year_before_cost as prev_year_90d_cost,
    case
        when of_claims.year_before_cost > 0 then {{ rounded_ratio(
            '(peaks.current_cents - (of_claims.year_before_cost * 100)::hugeint) * 100',
            '(of_claims.year_before_cost * 100)::hugeint',
            2
        ) }}
    end::decimal(38, 2) as pct_change_to_prev_year,
    of_roster.members_before,
    of_roster.members,
    {{ cost_per_member_per_month('peaks.previous_cents', 'of_roster.members_before') }}
        as prev_cost_per_member_per_month,
    {{ cost_per_member_per_month('peaks.current_cents', 'of_roster.members') }}
        as cost_per_member_per_month,
    round(
        least(1, sqrt(
            (peaks.claims_current + peaks.claims_prev)
            / {{ var('full_credibility_claims') | float }}
        )), 4
    ) as credibility,
    peaks.growth_cents >= {{ var('spike_min_growth') | float }} * 100 as is_material,
    of_claims.completeness
from peaks
inner join of_claims
    on
        peaks.company_ein = of_claims.company_ein
        and peaks.window_end = of_claims.window_end
inner join of_roster
    on
        peaks.company_ein = of_roster.company_ein
        and peaks.window_end = of_roster.window_end
left join companies
    on peaks.company_ein = companies.company_ein
