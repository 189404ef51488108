-- Stretches of days on which plans that a company had do not cover: between two islands (internal),
-- after the last one (trailing), and of plans that are all gone (withdrawn).
with

islands as (
    select * from {{ ref('int_plans_islands') }}
),

followed as (
    select
        company_ein,
        caseless_plan_type,
        plan_type,
        last_day,
        last_carriers,
        lead(first_day) over following as next_start,
        lead(first_carriers) over following as next_carrier
    from islands
    window following as (partition by company_ein, caseless_plan_type order by first_day)
),

-- All versions of all plans, of those that are gone too.
withdrawn as (
    select
        plans.company_ein,
        lower(plans.plan_type) as caseless_plan_type,
        min(plans.plan_type) as plan_type,
        min(plans.start_date) as first_day,
        array_to_string(
            {{ list_of_distinct('plans.carrier_name', 'plans.carrier_name is not null') }}, ' | '
        ) as carriers
    from {{ ref('int_plans_judged') }} as plans
    anti join islands
        on
            plans.company_ein = islands.company_ein
            and lower(plans.plan_type) = islands.caseless_plan_type
    where
        plans.is_sound
        and plans.company_ein is not null
        and plans.plan_type is not null
    group by plans.company_ein, lower(plans.plan_type)
),

final as (
    select
        company_ein,
        caseless_plan_type,
        plan_type,
        case when next_start is null then 'trailing' else 'internal' end as gap_type,
        last_day + 1 as gap_start,
        next_start - 1 as gap_end,
        last_carriers as previous_carrier,
        next_carrier
    from followed
    where last_day < date '9999-12-31'
    union all
    select
        company_ein,
        caseless_plan_type,
        plan_type,
        'withdrawn' as gap_type,
        first_day as gap_start,
        null as gap_end,
        carriers as previous_carrier,
        null as next_carrier
    from withdrawn
)

select * from final
