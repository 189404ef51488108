-- Coverage that ends within var renewal_notice_days after as_of_date while nothing follows. Its
-- period is that of the notice, so that the end of the next term is another finding.
{% set notice = var('renewal_notice_days') | int %}
with

coverage as (
    select * from {{ ref('fct_plan_coverage') }}
    qualify
        row_number() over (
            partition by company_ein, lower(plan_type) order by coverage_start desc
        ) = 1
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'benefits_admin'
)

select
    coverage.company_ein || '|' || lower(coverage.plan_type) as natural_key,
    true as is_event,
    true as is_open,
    coverage.company_ein,
    coverage.plan_type as subject,
    format(
        '{} coverage ends on {}, in {}, and no plan follows.', coverage.plan_type,
        {{ us_date('coverage.coverage_end') }},
        {{ counted('(coverage.coverage_end - as_of.as_of_date)::bigint', 'day') }}
    ) as summary,
    100 - (coverage.coverage_end - as_of.as_of_date)::bigint * 100 / {{ notice }} as measured,
    null as money_at_stake,
    coverage.coverage_end - {{ notice }} as period_start,
    coverage.coverage_end as period_end,
    'marts.fct_plan_coverage' as evidence_relation,
    {{ evidence_filter({
        'company_ein': 'coverage.company_ein', 'plan_type': 'coverage.plan_type',
        'coverage_end': 'coverage.coverage_end',
    }) }} as evidence_filter,
    []::varchar[] as subject_ids
from coverage
inner join as_of
    on coverage.coverage_end between as_of.as_of_date and as_of.as_of_date + {{ notice }}
