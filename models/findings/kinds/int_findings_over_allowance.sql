-- Accounts above their allowance in the period that holds as_of_date; the company is that of the
-- holder's e-mail domain.
with

as_of as (
    select
        as_of_date,
        date_trunc('month', as_of_date)::date as month
    from {{ ref('int_as_of_dates') }}
    where source = 'spend_accounts'
),

utilization as (
    select
        utilization.*,
        date_trunc(utilization.allowance_period, utilization.month)::date as period_start
    from {{ ref('account_utilization') }} as utilization
    inner join as_of
        on utilization.month = as_of.month
    where utilization.over_allowance
),

holders as (
    select
        accounts.benefit_account_id,
        any_value(domains.company_ein) as company_ein
    from {{ ref('int_benefit_accounts_judged') }} as accounts
    inner join {{ ref('int_account_holders_judged') }} as holders
        on accounts.employee_id = holders.employee_id
    inner join {{ ref('int_domains_resolved') }} as domains
        on split_part(holders.email, '@', 2) = domains.email_domain
    where accounts.is_current and holders.is_current
    group by accounts.benefit_account_id
)

select
    utilization.benefit_account_id as natural_key,
    true as is_event,
    true as is_open,
    holders.company_ein,
    'account ' || utilization.benefit_account_id as subject,
    format(
        'an account of the program {} spent {} of an allowance of {} for the {} from {}.',
        coalesce(utilization.program_name, '(none)'), {{ us_money('utilization.period_spend') }},
        {{ us_money('utilization.allowance') }}, utilization.allowance_period,
        {{ us_date('utilization.period_start') }}
    ) as summary,
    utilization.period_spend - utilization.allowance as measured,
    utilization.period_spend - utilization.allowance as money_at_stake,
    utilization.period_start,
    case utilization.allowance_period
        when 'year' then utilization.period_start + interval 1 year
        when 'quarter' then utilization.period_start + interval 3 month
        else utilization.period_start + interval 1 month
    end::date - 1 as period_end,
    'marts.account_utilization' as evidence_relation,
    {{ evidence_filter({
        'benefit_account_id': 'utilization.benefit_account_id', 'month': 'utilization.month',
    }) }} as evidence_filter,
    [utilization.benefit_account_id] as subject_ids
from utilization
left join holders
    on utilization.benefit_account_id = holders.benefit_account_id
