{{ config(materialized='table') }}

-- One row per stretch of days on which a company has some valid plan of a type: plans that overlap
-- or touch are one stretch. The running maximum of ends keeps a plan inside another from opening a
-- gap.
with

plans as (
    select
        *,
        lower(plan_type) as caseless_plan_type
    from {{ ref('int_plans_judged') }}
    where is_valid and not is_deleted
),

reached as (
    select
        *,
        max(last_day) over (
            partition by company_ein, caseless_plan_type
            order by start_date asc, last_day asc, row_id asc
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from plans
),

numbered as (
    select
        *,
        count(*) filter (where covered_until is null or start_date > covered_until + 1) over (
            partition by company_ein, caseless_plan_type
            order by start_date asc, last_day asc, row_id asc
            rows between unbounded preceding and current row
        ) as island_number
    from reached
),

islands as (
    select
        company_ein,
        caseless_plan_type,
        island_number,
        min(plan_type) as plan_type,
        min(start_date) as first_day,
        max(last_day) as last_day,
        count(*) as plan_count,
        {{ list_of_distinct('carrier_name', 'carrier_name is not null') }} as carriers
    from numbered
    group by company_ein, caseless_plan_type, island_number
),

final as (
    select
        islands.*,
        array_to_string(
            {{ list_of_distinct(
                'numbered.carrier_name', 'numbered.start_date = islands.first_day'
            ) }}, ' | '
        ) as first_carriers,
        array_to_string(
            {{ list_of_distinct(
                'numbered.carrier_name', 'numbered.last_day = islands.last_day'
            ) }}, ' | '
        ) as last_carriers
    from islands
    inner join numbered
        on
            islands.company_ein = numbered.company_ein
            and islands.caseless_plan_type = numbered.caseless_plan_type
            and islands.island_number = numbered.island_number
    group by all
)

select * from final
