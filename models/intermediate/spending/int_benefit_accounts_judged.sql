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

facts as (
    select
        benefit_accounts.* exclude (benefit_type),
        coalesce(benefit_types.value, benefit_accounts.benefit_type) as benefit_type,
        benefit_types.value is not null as is_known_type,
        account_holders.employee_id is not null as is_known_holder
    from benefit_accounts
    left join account_holders
        on benefit_accounts.employee_id = account_holders.employee_id
    left join benefit_types
        on lower(benefit_accounts.benefit_type) = benefit_types.caseless_value
),

{{ judge('spend_accounts.benefit_accounts', 'facts', benefit_accounts_rules()) }}

select * exclude (fired_bits) {{ masked_texts('spend_accounts.benefit_accounts') }}
from judged
