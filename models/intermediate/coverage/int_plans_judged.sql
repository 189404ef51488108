{{ config(materialized='table') }}

-- All versions are judged by themselves: is_sound says which of them ever covered something, of
-- which a company that has no plan any more is told (plan_gaps). The rules over groups look at
-- plans that count.
with

{{ versions(
    'benefits_admin.plans',
    rows=ref('int_plans_resolved'),
    keep_conflicts='all'
) }},

companies as (
    select * from {{ ref('int_companies_listed') }}
),

plan_types as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where source = 'benefits_admin' and feed = 'plans' and field = 'plan_type'
),

spelled as (
    select
        versioned.* exclude (plan_type, is_current),
        true as is_current,
        versioned.is_current as is_newest,
        coalesce(plan_types.value, versioned.plan_type) as plan_type,
        plan_types.value is not null as is_known_type,
        companies.company_ein is not null as is_known_company,
        coalesce(versioned.end_date, date '9999-12-31') as last_day
    from versioned
    left join companies
        on versioned.company_ein = companies.company_ein
    left join plan_types
        on lower(versioned.plan_type) = plan_types.caseless_value
),

keyed as (
    select
        *,
        lower({{ record_key('benefits_admin.plans') }}) as caseless_key,
        {{ record_key('benefits_admin.plans') }} as record_key
    from spelled
),

{{ judge('benefits_admin.plans', 'keyed', plans_rules(), step='first_') }},

-- Only plans that pass by themselves and are there can overlap another or repeat it.
countable as (
    select
        * exclude (dq_flags, all_reasons, rejection_reason, is_valid, is_current, is_newest),
        is_newest as is_current,
        is_valid as is_sound,
        is_newest and is_valid and not is_deleted
        and company_ein is not null and plan_type is not null as is_countable
    from first_judged
),

facts as (
    select
        *,
        max(last_day) over before_it as last_day_before,
        min(start_date) over after_it as start_date_after,
        count(*) over (
            partition by caseless_key, is_countable, carrier_name is null
        ) as plans_of_caseless_key
    from countable
    window
        before_it as (
            partition by company_ein, lower(plan_type), lower(plan_name), is_countable
            order by start_date asc, row_id asc
            rows between unbounded preceding and 1 preceding
        ),
        after_it as (
            partition by company_ein, lower(plan_type), lower(plan_name), is_countable
            order by start_date asc, row_id asc
            rows between 1 following and unbounded following
        )
),

{{ judge(
    'benefits_admin.plans', 'facts', plans_groups_rules(), before='first_'
) }},

{{ masked_texts('benefits_admin.plans', 'judged') }}

select
    {{ star_with(
        '*', {'record_key': record_key('benefits_admin.plans')}, without=['fired_bits']
    ) }}
from masked
