-- Cost of each service month by the months until it was known: paid, else first delivered. Without
-- a paid_date, claims of the months before the first delivery are left out: when they became known,
-- nobody can tell.
with

claims as (
    select * from {{ ref('fct_claims') }}
),

files as (
    select
        file_id,
        delivered_on,
        min(delivered_on) over () as first_delivered_on
    from {{ source('landing', 'landing_files') }}
    where source = 'benefits_admin' and feed = 'claims' and load_id is not null
),

dated as (
    select
        date_trunc('month', claims.service_date)::date as service_month,
        claims.amount,
        greatest(coalesce(claims.paid_date, files.delivered_on), claims.service_date) as known_on
    from claims
    inner join files
        on claims.row_id // 100000000000 = files.file_id
    where
        claims.paid_date is not null
        or claims.service_date >= date_trunc('month', files.first_delivered_on)
),

cells as (
    select
        service_month,
        {{ months_from('service_month', 'known_on') }} as lag_months,
        max(known_on) as known_on,
        sum(amount) as cost,
        count(*) as claim_count
    from dated
    group by service_month, lag_months
),

valued as (
    select
        max(known_on) as valued_on,
        date_trunc('month', max(known_on) + 1)::date as open_month
    from cells
),

grid as (
    select
        months.service_month,
        valued.open_month,
        {{ each_step('0', months_from('months.service_month', 'valued.valued_on'), 1) }}
            as lag_months
    from (select distinct service_month from cells) as months
    cross join valued
),

final as (
    select
        grid.service_month,
        grid.lag_months,
        coalesce(cells.cost, 0) as cost,
        coalesce(cells.claim_count, 0) as claim_count,
        sum(coalesce(cells.cost, 0)) over (
            partition by grid.service_month order by grid.lag_months
        ) as cost_to_date,
        -- The newest month counts once it is over.
        date_add(grid.service_month, to_months(grid.lag_months::integer)) < grid.open_month
            as is_complete
    from grid
    left join cells
        on
            grid.service_month = cells.service_month
            and grid.lag_months = cells.lag_months
)

select
    service_month,
    lag_months::bigint as lag_months,
    claim_count::bigint as claim_count,
    cost::decimal(38, 2) as cost,
    cost_to_date::decimal(38, 2) as cost_to_date,
    is_complete
from final
