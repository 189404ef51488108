-- Claims on days without coverage that no reported gap has: short lapses, and days before the first
-- plan.
with

claims as (
    select * from {{ ref('fct_claims') }}
    where list_contains(dq_flags, 'no_coverage_on_service_date')
),

gaps as (
    select * from {{ ref('plan_gaps') }}
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'benefits_admin'
),

uncovered as (
    select
        claims.company_ein,
        claims.claim_type,
        count(*) as claim_count,
        sum(claims.amount) as cost,
        min(claims.service_date) as first_day,
        max(claims.service_date) as last_day
    from claims
    inner join as_of
        on claims.service_date <= as_of.as_of_date
    anti join gaps
        on
            claims.company_ein = gaps.company_ein
            and lower(claims.claim_type) = lower(gaps.plan_type)
            and claims.service_date >= gaps.gap_start
            and claims.service_date <= coalesce(gaps.gap_end, date 'infinity')
    group by claims.company_ein, claims.claim_type
)

select
    concat_ws('|', company_ein, lower(claim_type)) as natural_key,
    false as is_event,
    true as is_open,
    company_ein,
    coalesce(claim_type, 'claims without a type') as subject,
    format(
        '{} {} ({}) on days without coverage, outside the reported gaps.',
        {{ counted('claim_count', 'claim') }}, coalesce('of ' || claim_type, 'without a type'),
        {{ us_money('cost') }}
    ) as summary,
    cost as measured,
    cost as money_at_stake,
    first_day as period_start,
    last_day as period_end,
    'marts.fct_claims' as evidence_relation,
    {{ evidence_filter({'company_ein': 'company_ein', 'claim_type': 'claim_type'}) }}
    || ' and list_contains(dq_flags, ''no_coverage_on_service_date'')' as evidence_filter,
    []::varchar[] as subject_ids
from uncovered
