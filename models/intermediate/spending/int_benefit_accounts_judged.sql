{{ config(materialized='table') }}

with

{{ versions(
    'spend_accounts.benefit_accounts',
    rows=ref('stg_spend_accounts__benefit_accounts')
) }},

benefit_accounts as (
    select * from versioned
    where is_current
),

account_holders as (
    select * from {{ ref('int_account_holders_judged') }}
    where is_valid and version_rank = 1
),

benefit_types as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where source = 'spend_accounts' and feed = 'benefit_accounts' and field = 'benefit_type'
),

periods as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where
        source = 'spend_accounts'
        and feed = 'benefit_accounts'
        and field = 'allowance_period'
),

facts as (
    select
        benefit_accounts.* exclude (benefit_type, allowance_period),
        coalesce(benefit_types.value, benefit_accounts.benefit_type) as benefit_type,
        coalesce(periods.value, benefit_accounts.allowance_period) as allowance_period,
        benefit_types.value is not null as is_known_type,
        account_holders.employee_id is not null as is_known_holder
    from benefit_accounts
    left join account_holders
        on benefit_accounts.employee_id = account_holders.employee_id
    left join benefit_types
        on lower(benefit_accounts.benefit_type) = benefit_types.caseless_value
    left join periods
        on lower(benefit_accounts.allowance_period) = periods.caseless_value
),

{{ judge('spend_accounts.benefit_accounts', 'facts', benefit_accounts_rules()) }},

{{ masked_texts('spend_accounts.benefit_accounts', 'judged') }}

select * exclude (fired_bits)
from masked
