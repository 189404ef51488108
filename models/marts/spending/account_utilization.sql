{{ config(
    materialized='after_judged',
    meta={
        'parents': ['int_benefit_accounts_lives', 'int_benefit_accounts_known'],
        'part': ['benefit_account_id', 'month'],
    }
) }}

-- Every month of an account's life, months without spend included. A month is measured by the
-- allowance known on its last day; that of a quarter or a year by the spend since it began.

-- depends_on: {{ ref('int_transactions_judged') }}
-- depends_on: {{ ref('int_benefit_accounts_lives') }}
with

changes as (
    select * from {{ ref('int_benefit_accounts_months') }}
    {%- if is_increment() %}
    semi join {{ changed_accounts() }} using (benefit_account_id)
    {%- endif %}
),

allowances as (
    select * from {{ ref('int_benefit_accounts_known') }}
),

measured as (
    select
        changes.*,
        allowances.monthly_allowance,
        allowances.allowance_period,
        case allowances.allowance_period
            when 'quarter' then changes.quarter_spend
            when 'year' then changes.year_spend
            else changes.spend
        end as period_spend,
        (changes.spend * 100)::hugeint as spend_cents,
        (allowances.monthly_allowance::decimal(38, 2) * 100)::hugeint as allowance_cents
    from changes
    inner join allowances
        on
            changes.benefit_account_id = allowances.benefit_account_id
            and last_day(changes.month) between allowances.known_from and allowances.known_to
),

used as (
    select
        *,
        case
            when monthly_allowance > 0
                then {{ rounded_ratio('spend_cents * 100', 'allowance_cents', 2) }}
        end::decimal(38, 2) as month_utilization_pct,
        case allowance_period
            when 'quarter' then {{ rounded_ratio('allowance_cents', '300::hugeint', 2) }}
            when 'year' then {{ rounded_ratio('allowance_cents', '1200::hugeint', 2) }}
            else monthly_allowance
        end::decimal(18, 2) as allowance_per_month
    from measured
),

-- The months from one in which something changes up to the next one have no spend.
months as (
    select
        {{ star_with('used.*', {
            'month': each_step(
                'used.month', 'least(used.last_month, used.next_month - 1)', 'month'
            )
        }) }},
        used.month as changed_in
    from used
)

select
    benefit_account_id,
    month,
    monthly_allowance as allowance,
    allowance_per_month,
    case when month = changed_in then spend else 0 end::decimal(38, 2) as spend,
    case
        when month = changed_in then month_utilization_pct
        when monthly_allowance > 0 then 0
    end::decimal(38, 2) as utilization_pct,
    case when month = changed_in then period_spend else 0 end::decimal(38, 2) as period_spend,
    coalesce(
        case when month = changed_in then period_spend else 0 end > monthly_allowance, false
    ) as over_allowance,
    allowance_period,
    benefit_type,
    program_name
from months
{%- if is_increment() %}
where
    month >= (
        select changed.changed_from from {{ changed_parts() }} as changed
        where changed.benefit_account_id = months.benefit_account_id
    )
{%- endif %}
