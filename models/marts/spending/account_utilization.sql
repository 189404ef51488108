-- Every month of an account's life, months without spend included: from hire (or the first
-- transaction, if that is earlier) to as_of_date or termination.
with

benefit_accounts as (
    select * from {{ ref('int_benefit_accounts_assessed') }}
    where is_valid and not is_deleted and version_rank = 1
),

account_holders as (
    select * from {{ ref('int_account_holders_assessed') }}
    where is_valid and version_rank = 1
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'spend_accounts'
),

spending as (
    select
        benefit_account_id,
        date_trunc('month', transaction_at)::date as month,
        sum(amount) as spend,
        (sum(amount) * 100)::hugeint as spend_cents
    from {{ ref('fct_transactions') }}
    group by benefit_account_id, date_trunc('month', transaction_at)::date
),

first_months as (
    select
        benefit_account_id,
        min(month) as first_month
    from spending
    group by benefit_account_id
),

months as (
    select
        benefit_accounts.benefit_account_id,
        benefit_accounts.benefit_type,
        benefit_accounts.program_name,
        benefit_accounts.monthly_allowance,
        (benefit_accounts.monthly_allowance::decimal(38, 2) * 100)::hugeint as allowance_cents,
        unnest(generate_series(
            least(date_trunc('month', account_holders.hire_date), first_months.first_month),
            least(as_of.as_of_date, account_holders.terminated_on),
            interval 1 month
        ))::date as month
    from benefit_accounts
    inner join account_holders
        on benefit_accounts.employee_id = account_holders.employee_id
    left join first_months
        on benefit_accounts.benefit_account_id = first_months.benefit_account_id
    cross join as_of
),

final as (
    select
        months.*,
        coalesce(spending.spend, 0) as spend,
        coalesce(spending.spend_cents, 0) as spend_cents
    from months
    left join spending
        on
            months.benefit_account_id = spending.benefit_account_id
            and months.month = spending.month
)

select
    benefit_account_id,
    month,
    monthly_allowance as allowance,
    spend::decimal(38, 2) as spend,
    case
        when monthly_allowance > 0
            then {{ rounded_ratio('spend_cents * 100', 'allowance_cents', 2) }}
    end::decimal(38, 2) as utilization_pct,
    spend > monthly_allowance as over_allowance,
    benefit_type,
    program_name
from final
