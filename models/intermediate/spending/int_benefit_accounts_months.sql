-- The months of an account's life in which something changes, with the spend in them. Those between
-- two have no spend.
with

lives as (
    select * from {{ ref('int_benefit_accounts_lives') }}
),

allowances as (
    select * from {{ ref('int_benefit_accounts_known') }}
),

spent as (
    select
        benefit_account_id,
        date_trunc('month', transaction_day)::date as month,
        sum(amount) as amount
    from {{ ref('int_transactions_judged') }}
    where is_valid and not is_deleted and version_rank = 1
    group by benefit_account_id, date_trunc('month', transaction_day)
),

-- Months in which something changes: with spend, with another allowance, or each.
movements as (
    select * from spent
    union all
    select
        benefit_account_id,
        first_month as month,
        0 as amount
    from lives
    where first_month is not null
    union all
    select
        lives.benefit_account_id,
        -- The engine can't truncate the first one's -infinity, which the join leaves out.
        date_trunc('month', nullif(allowances.known_from, date '-infinity'))::date as month,
        0 as amount
    from lives
    inner join allowances
        on
            lives.benefit_account_id = allowances.benefit_account_id
            and allowances.known_from > last_day(lives.first_month)
    union all
    select
        benefit_account_id,
        {{ each_step('first_month', 'last_month', 'month') }} as month,
        0 as amount
    from lives
    where has_long_period
),

spending as (
    select
        benefit_account_id,
        month,
        sum(amount)::decimal(38, 2) as spend,
        lead(month) over (partition by benefit_account_id order by month) as next_month
    from movements
    where month is not null
    group by benefit_account_id, month
),

spent_to_date as (
    select
        spending.benefit_account_id,
        spending.month,
        sum(spending.spend) over (
            partition by spending.benefit_account_id, date_trunc('quarter', spending.month)
            order by spending.month
        ) as quarter_spend,
        sum(spending.spend) over (
            partition by spending.benefit_account_id, date_trunc('year', spending.month)
            order by spending.month
        ) as year_spend
    from spending
    inner join lives
        on spending.benefit_account_id = lives.benefit_account_id
    where lives.has_long_period
),

final as (
    select
        lives.benefit_account_id,
        lives.benefit_type,
        lives.program_name,
        lives.last_month,
        spending.month,
        spending.next_month,
        spending.spend,
        coalesce(spent_to_date.quarter_spend, spending.spend) as quarter_spend,
        coalesce(spent_to_date.year_spend, spending.spend) as year_spend
    from lives
    inner join spending
        on lives.benefit_account_id = spending.benefit_account_id
    left join spent_to_date
        on
            spending.benefit_account_id = spent_to_date.benefit_account_id
            and spending.month = spent_to_date.month
)

select * from final
