-- Uncovered stretches of a company and plan type; one that a later plan ended is history.
with

gaps as (
    select * from {{ ref('plan_gaps') }}
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'benefits_admin'
)

select
    gaps.company_ein || '|' || lower(gaps.plan_type) as natural_key,
    true as is_event,
    coalesce(gaps.gap_end >= as_of.as_of_date, true) as is_open,
    gaps.company_ein,
    gaps.plan_type as subject,
    format(
        '{} {}{}, {}{}.',
        case gaps.gap_type
            when 'never_covered' then gaps.plan_type || ' claims without any plan since'
            when 'withdrawn' then 'all ' || gaps.plan_type || ' plans withdrawn, no coverage since'
            else 'no ' || gaps.plan_type || ' coverage since'
        end,
        {{ us_date('gaps.gap_start') }},
        coalesce(', until ' || {{ us_date('gaps.gap_end') }}, ''),
        {{ counted('gaps.gap_length_days', 'day') }},
        if(
            gaps.claims_in_gap = 0, '',
            format(
                ', with {} of {}', {{ counted('gaps.claims_in_gap', 'claim') }},
                {{ us_money('gaps.claim_cost_in_gap') }}
            )
        )
    ) as summary,
    gaps.days_to_date as measured,
    gaps.claim_cost_in_gap as money_at_stake,
    gaps.gap_start as period_start,
    gaps.gap_end as period_end,
    'marts.plan_gaps' as evidence_relation,
    {{ evidence_filter({
        'company_ein': 'gaps.company_ein', 'plan_type': 'gaps.plan_type',
        'gap_start': 'gaps.gap_start',
    }) }} as evidence_filter,
    []::varchar[] as subject_ids
from gaps
cross join as_of
