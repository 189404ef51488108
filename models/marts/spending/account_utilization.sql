-- Every month of an account's life, months without spend included: from hire (or the first
-- transaction, if that is earlier) to as_of_date or termination.
with

benefit_accounts as (
    select * from {{ ref('int_benefit_accounts_judged') }}
    where is_valid and not is_deleted and version_rank = 1
),

account_holders as (
    select * from {{ ref('int_account_holders_judged') }}
    where is_valid and version_rank = 1
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'spend_accounts'
),

lives as (
    select
        benefit_accounts.benefit_account_id,
        benefit_accounts.benefit_type,
        benefit_accounts.program_name,
        benefit_accounts.monthly_allowance,
        (benefit_accounts.monthly_allowance::decimal(38, 2) * 100)::hugeint as allowance_cents,
        date_trunc('month', account_holders.hire_date)::date as first_month,
        least(as_of.as_of_date, account_holders.terminated_on) as last_day
    from benefit_accounts
    inner join account_holders
        on benefit_accounts.employee_id = account_holders.employee_id
    cross join as_of
),

movements as (
    select
        benefit_account_id,
        date_trunc('month', transaction_on)::date as month,
        amount
    from {{ ref('fct_transactions') }}
    union all
    select
        benefit_account_id,
        first_month as month,
        0 as amount
    from lives
),

spending as (
    select
        benefit_account_id,
        month,
        sum(amount) as month_spend,
        (sum(amount) * 100)::hugeint as spend_cents,
        lead(month) over (partition by benefit_account_id order by month) as next_month
    from movements
    where month is not null
    group by benefit_account_id, month
),

used as (
    select
        lives.benefit_account_id,
        lives.benefit_type,
        lives.program_name,
        lives.monthly_allowance,
        lives.last_day,
        spending.month,
        spending.next_month,
        spending.month_spend,
        case
            when lives.monthly_allowance > 0
                then {{ rounded_ratio('spend_cents * 100', 'allowance_cents', 2) }}
        end::decimal(38, 2) as month_utilization_pct
    from lives
    inner join spending
        on lives.benefit_account_id = spending.benefit_account_id
),

-- The months from one with spend up to the next one have none.
months as (
    select
        used.* replace (
            unnest(generate_series(
                used.month,
                least(used.last_day, used.next_month - 1),
                interval 1 month
            ))::date as month
        ),
        used.month as spent_in
    from used
)

select
    benefit_account_id,
    month,
    monthly_allowance as allowance,
    case when month = spent_in then month_spend else 0 end::decimal(38, 2) as spend,
    case
        when month = spent_in then month_utilization_pct
        when monthly_allowance > 0 then 0
    end::decimal(38, 2) as utilization_pct,
    spend > monthly_allowance as over_allowance,
    benefit_type,
    program_name
from months
