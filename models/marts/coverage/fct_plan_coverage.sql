with

islands as (
    select * from {{ ref('int_plans_islands') }}
),

final as (
    select
        company_ein,
        plan_type,
        first_day as coverage_start,
        nullif(last_day, date '9999-12-31') as coverage_end,
        array_to_string(carriers, ' | ') as carriers,
        plan_count::bigint as plan_count
    from islands
)

select
    company_ein,
    plan_type,
    coverage_start,
    coverage_end,
    carriers,
    plan_count
from final
