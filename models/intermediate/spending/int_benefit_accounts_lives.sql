-- The months of an account's life: from hire, or the first transaction if that is earlier, to
-- as_of_date or termination.
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

first_spent as (
    select
        benefit_account_id,
        min(date_trunc('month', transaction_day))::date as month
    from {{ ref('int_transactions_judged') }}
    where is_valid and not is_deleted and version_rank = 1
    group by benefit_account_id
),

final as (
    select
        benefit_accounts.benefit_account_id,
        benefit_accounts.benefit_type,
        benefit_accounts.program_name,
        least(
            date_trunc('month', account_holders.hire_date)::date, first_spent.month
        ) as first_month,
        date_trunc(
            'month', least(as_of.as_of_date, account_holders.terminated_on)
        )::date as last_month,
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
)

select * from final
