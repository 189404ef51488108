-- Uncovered days of a company and plan type: of plans that it had (int_plans_gaps), and of claims
-- without any plan (never_covered). Proven in tests/pipeline/analyses/test_reference_analyses.py.
with

known_gaps as (
    select * from {{ ref('int_plans_gaps') }}
),

plans as (
    select
        company_ein,
        lower(plan_type) as caseless_plan_type
    from {{ ref('int_plans_judged') }}
    where company_ein is not null and plan_type is not null
),

companies as (
    select * from {{ ref('dim_companies') }}
),

listed as (
    select * from {{ ref('int_companies_listed') }}
),

plan_types as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where
        source = 'benefits_admin' and feed = 'plans' and field = 'plan_type'
        and caseless_value = lower(value)
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'benefits_admin'
),

claims as (
    select
        claims.*,
        lower(claims.claim_type) as caseless_plan_type
    from {{ ref('fct_claims') }} as claims
    inner join as_of
        on claims.service_date <= as_of.as_of_date
),

first_claims as (
    select
        company_ein,
        caseless_plan_type,
        min(service_date) as first_day
    from claims
    group by company_ein, caseless_plan_type
),

never_covered as (
    select
        first_claims.*,
        plan_types.value as plan_type
    from first_claims
    inner join listed
        on first_claims.company_ein = listed.company_ein
    inner join plan_types
        on first_claims.caseless_plan_type = plan_types.caseless_value
    anti join plans
        on
            first_claims.company_ein = plans.company_ein
            and first_claims.caseless_plan_type = plans.caseless_plan_type
),

gaps as (
    select
        company_ein,
        caseless_plan_type,
        plan_type,
        gap_type,
        gap_start,
        gap_end,
        previous_carrier,
        next_carrier
    from known_gaps
    union all
    select
        company_ein,
        caseless_plan_type,
        plan_type,
        'never_covered' as gap_type,
        first_day as gap_start,
        null as gap_end,
        null as previous_carrier,
        null as next_carrier
    from never_covered
),

measured as (
    select
        gaps.*,
        (coalesce(gaps.gap_end, as_of.as_of_date) + 1 - gaps.gap_start)::bigint as gap_length_days,
        greatest((least(gaps.gap_end, as_of.as_of_date) + 1 - gaps.gap_start)::bigint, 0)
            as days_to_date
    from gaps
    cross join as_of
),

reported as (
    select * from measured
    where gap_length_days > {{ var('plan_gap_min_days') | int }}
),

gap_claims as (
    select
        reported.company_ein,
        reported.caseless_plan_type,
        reported.gap_start,
        count(*) as claims_in_gap,
        sum(claims.amount) as claim_cost_in_gap
    from reported
    inner join claims
        on
            reported.company_ein = claims.company_ein
            and reported.caseless_plan_type = claims.caseless_plan_type
            and reported.gap_start <= claims.service_date
            and coalesce(reported.gap_end, date 'infinity') >= claims.service_date
    group by reported.company_ein, reported.caseless_plan_type, reported.gap_start
)

select
    reported.company_ein,
    companies.company_name,
    reported.plan_type,
    reported.gap_type,
    reported.gap_start,
    reported.gap_end,
    reported.gap_length_days,
    reported.days_to_date,
    reported.previous_carrier,
    reported.next_carrier,
    coalesce(gap_claims.claims_in_gap, 0)::bigint as claims_in_gap,
    coalesce(gap_claims.claim_cost_in_gap, 0)::decimal(38, 2) as claim_cost_in_gap
from reported
left join companies
    on reported.company_ein = companies.company_ein
left join gap_claims
    on
        reported.company_ein = gap_claims.company_ein
        and reported.caseless_plan_type = gap_claims.caseless_plan_type
        and reported.gap_start = gap_claims.gap_start
