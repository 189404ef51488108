-- Uncovered days between two islands (internal) and from the last island to as_of_date (trailing).
-- Edge cases are proven in tests/pipeline/analyses/test_reference_analyses.py.
with

islands as (
    select * from {{ ref('int_plans_islands') }}
),

companies as (
    select * from {{ ref('dim_companies') }}
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'benefits_admin'
),

claims as (
    select * from {{ ref('fct_claims') }}
),

followed as (
    select
        islands.*,
        as_of.as_of_date,
        lead(islands.first_day) over following as next_start,
        lead(islands.first_carriers) over following as next_carrier
    from islands
    cross join as_of
    window following as (
        partition by islands.company_ein, islands.caseless_plan_type
        order by islands.first_day
    )
),

gaps as (
    select
        *,
        case when next_start is null then 'trailing' else 'internal' end as gap_type,
        last_day + 1 as gap_start,
        next_start - 1 as gap_end,
        coalesce(next_start - 1, as_of_date) as counted_to,
        coalesce(next_start - 1, as_of_date) - last_day as gap_length_days
    from followed
),

reported as (
    select * from gaps
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
            and reported.caseless_plan_type = lower(claims.claim_type)
            and reported.gap_start <= claims.service_date
            and reported.counted_to >= claims.service_date
            and reported.as_of_date >= claims.service_date
    group by reported.company_ein, reported.caseless_plan_type, reported.gap_start
),

final as (
    select
        reported.*,
        companies.company_name,
        coalesce(gap_claims.claims_in_gap, 0) as claims_in_gap,
        coalesce(gap_claims.claim_cost_in_gap, 0) as claim_cost_in_gap
    from reported
    left join companies
        on reported.company_ein = companies.company_ein
    left join gap_claims
        on
            reported.company_ein = gap_claims.company_ein
            and reported.caseless_plan_type = gap_claims.caseless_plan_type
            and reported.gap_start = gap_claims.gap_start
)

select
    company_ein,
    company_name,
    plan_type,
    gap_type,
    gap_start,
    gap_end,
    gap_length_days::bigint as gap_length_days,
    last_carriers as previous_carrier,
    next_carrier,
    claims_in_gap::bigint as claims_in_gap,
    claim_cost_in_gap::decimal(38, 2) as claim_cost_in_gap
from final
