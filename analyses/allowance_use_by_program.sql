-- Question: which benefit programs are used, and which allowances are too large or too small?
-- Reading: one row per program over the last twelve months of the data, the highest spend first.
-- use_pct is spend against the allowances of the accounts that were used at least once.
-- accounts_never_used had no valid transaction ever. A low use_pct with many accounts never used
-- is a program that people do not know or do not want. A use_pct near 100 with many months_over
-- is an allowance that is tight. Refunds that say so (transaction_type) are deducted.
with

utilization as (
    select
        *,
        month > max(month) over () - interval 12 months as is_recent
    from {{ ref('account_utilization') }}
),

programs as (
    select
        benefit_type,
        program_name,
        sum(account_count) as accounts,
        min(monthly_allowance) as smallest_allowance,
        max(monthly_allowance) as largest_allowance
    from {{ ref('dim_benefit_programs') }}
    group by benefit_type, program_name
),

used_accounts as (
    select
        benefit_account_id,
        any_value(benefit_type) as benefit_type,
        any_value(program_name) as program_name
    from {{ ref('fct_transactions') }}
    group by benefit_account_id
),

program_use as (
    select
        used_accounts.benefit_type,
        used_accounts.program_name,
        count(distinct utilization.benefit_account_id) as accounts_used,
        count(*) filter (where utilization.is_recent) as account_months,
        sum(utilization.allowance_per_month) filter (where utilization.is_recent) as allowance,
        sum(utilization.spend) filter (where utilization.is_recent) as spend,
        count(*) filter (where utilization.is_recent and utilization.over_allowance) as months_over
    from utilization
    inner join used_accounts
        on utilization.benefit_account_id = used_accounts.benefit_account_id
    group by used_accounts.benefit_type, used_accounts.program_name
),

final as (
    select
        programs.*,
        programs.accounts - coalesce(program_use.accounts_used, 0) as accounts_never_used,
        program_use.account_months,
        program_use.allowance,
        program_use.spend,
        round(100 * program_use.spend / nullif(program_use.allowance, 0), 1) as use_pct,
        program_use.months_over
    from programs
    left join program_use
        on
            programs.benefit_type is not distinct from program_use.benefit_type
            and programs.program_name is not distinct from program_use.program_name
)

select
    program_name,
    benefit_type,
    use_pct,
    spend,
    months_over,
    accounts_never_used,
    accounts,
    allowance,
    smallest_allowance,
    largest_allowance,
    account_months
from final
order by spend desc nulls last, benefit_type asc, program_name asc
