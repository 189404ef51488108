-- How much of a service month's cost experience says is in by now (chain ladder): what older months
-- grew from each lag to the next, weighted by cost, multiplied up. Nothing is said with fewer than
-- six months in which claims became known.
with

triangle as (
    select * from {{ ref('claims_lag_triangle') }}
),

complete as (
    select * from triangle
    where is_complete
),

months as (
    select
        service_month,
        max(lag_months) filter (where is_complete) as complete_lag,
        sum(cost) as cost_to_date
    from triangle
    group by service_month
),

experience as (
    select count(distinct date_add(service_month, to_months(lag_months::integer))) as known_months
    from triangle
    where claim_count > 0
),

developed as (
    select
        complete.lag_months,
        sum(later.cost_to_date)::double / nullif(sum(complete.cost_to_date), 0)::double as factor
    from complete
    inner join complete as later
        on
            complete.service_month = later.service_month
            and complete.lag_months + 1 = later.lag_months
    group by complete.lag_months
),

chained as (
    select
        lag_months,
        factor,
        1 / {{ product_so_far('factor', 'lag_months desc') }} as completion
    from developed
    where factor > 0
),

final as (
    select
        months.service_month,
        coalesce(months.complete_lag, 0) as lag_months,
        months.cost_to_date,
        round(chained.factor, 4) as development_factor,
        -- A lag that no older month has gone beyond is taken for the end.
        case when experience.known_months >= 6 then round(coalesce(chained.completion, 1), 4) end
            as completion
    from months
    cross join experience
    left join chained
        on coalesce(months.complete_lag, 0) = chained.lag_months
)

select
    service_month,
    lag_months::bigint as lag_months,
    cost_to_date::decimal(38, 2) as cost_to_date,
    development_factor::double as development_factor,
    completion::double as completion
from final
