-- The months of an account's life in which something changes, with the spend in them: from hire, or
-- the first transaction if that is earlier, to as_of_date or termination. Those between two have no
-- spend.
with

benefit_accounts as (
    select * from {{ ref('int_benefit_accounts_judged') }}
    where is_valid and not is_deleted and version_rank = 1
),

allowances as (
    select * from {{ ref('int_benefit_accounts_known') }}
),

account_holders as (
    select * from {{ ref('int_account_holders_judged') }}
    where is_valid and version_rank = 1
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'spend_accounts'
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

first_spent as (
    select
        benefit_account_id,
        min(month) as month
    from spent
    group by benefit_account_id
),

lives as (
    select
        benefit_accounts.benefit_account_id,
        benefit_accounts.benefit_type,
        benefit_accounts.program_name,
        least(
            date_trunc('month', account_holders.hire_date)::date, first_spent.month
        ) as first_month,
        least(as_of.as_of_date, account_holders.terminated_on) as last_day,
        -- Spend adds up from month to month where an allowance is that of a longer period.
        benefit_accounts.benefit_account_id in (
            select allowances.benefit_account_id from allowances
            where allowances.allowance_period <> 'month'
        ) as has_long_period
    from benefit_accounts
    inner join account_holders
        on benefit_accounts.employee_id = account_holders.employee_id
    left join first_spent
        on benefit_accounts.benefit_account_id = first_spent.benefit_account_id
    cross join as_of
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
        {{ each_step('first_month', 'last_day', 'month') }} as month,
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
        lives.last_day,
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
