{{ config(materialized='table') }}

with

plans as (
    select * from {{ ref('int_plans_current') }}
),

companies as (
    select * from {{ ref('int_companies_listed') }}
),

plan_types as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where source = 'benefits_admin' and feed = 'plans' and field = 'plan_type'
),

spelled as (
    select
        plans.* exclude (plan_type),
        coalesce(plan_types.value, plans.plan_type) as plan_type,
        plan_types.value is not null as is_known_type,
        companies.company_ein is not null as is_known_company,
        -- A year 9999 is how systems write "no end".
        case
            when year(plans.end_date) < 9999 then plans.end_date
            else date '9999-12-31'
        end as last_day,
        concat_ws(
            chr(31), plans.company_ein, lower(plans.plan_type),
            lower(plans.carrier_name), plans.start_date
        ) as caseless_key
    from plans
    left join companies
        on plans.company_ein = companies.company_ein
    left join plan_types
        on lower(plans.plan_type) = plan_types.caseless_value
),

-- Only plans that are whole and there can overlap another or repeat it.
countable as (
    select
        *,
        company_ein is not null
        and plan_type is not null
        and start_date is not null
        and start_date <= last_day
        and not (has_end_date_text and end_date is null)
        and not is_deleted as is_countable
    from spelled
),

neighbours as (
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
            partition by company_ein, lower(plan_type), is_countable
            order by start_date asc, row_id asc
            rows between unbounded preceding and 1 preceding
        ),
        after_it as (
            partition by company_ein, lower(plan_type), is_countable
            order by start_date asc, row_id asc
            rows between 1 following and unbounded following
        )
),

facts as (
    select
        *,
        case
            when
                company_ein is not null and plan_type is not null
                and carrier_name is not null and start_date is not null
                then concat_ws('|', company_ein, plan_type, carrier_name, start_date)
        end as record_key
    from neighbours
),

{{ judge('benefits_admin.plans', 'facts', {
    'missing_company_ein': 'company_ein is null',
    'missing_plan_type': 'plan_type is null',
    'invalid_start_date': 'start_date is null',
    'invalid_end_date': 'has_end_date_text and end_date is null',
    'end_before_start': 'last_day < start_date',
    'unknown_company': 'company_ein is not null and not is_known_company',
    'unknown_plan_type': 'plan_type is not null and not is_known_type',
    'overlapping_coverage': 'is_countable and '
        ~ '(last_day_before >= start_date or start_date_after <= last_day)',
    'duplicate_plan_key': '(record_key is not null and has_other_contents) '
        ~ 'or (is_countable and carrier_name is not null and plans_of_caseless_key > 1)',
    'invalid_last_updated': 'has_last_updated_text and last_updated is null',
    'duplicate_key': 'record_key is not null and has_other_contents',
}) }}

select * from judged
