{{ config(materialized='table') }}

with

{{ versions(
    'spend_accounts.employees',
    rows=ref('stg_spend_accounts__employees')
) }},

account_holders as (
    select * from versioned
    where is_current
),

terminations as (
    select * from {{ ref('int_account_holders_dated') }}
),

statuses as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where source = 'spend_accounts' and feed = 'employees' and field = 'status'
),

facts as (
    select
        account_holders.* exclude (status),
        coalesce(statuses.value, account_holders.status) as status,
        statuses.value is not null as is_known_status,
        coalesce(
            lower(coalesce(statuses.value, account_holders.status)) = 'terminated'
            or account_holders.termination_date <= {{ today() }},
            false
        ) as is_terminated,
        -- The day that is delivered counts whatever the status says.
        coalesce(
            nullif(account_holders.termination_date, date '9999-12-31'),
            case
                when lower(coalesce(statuses.value, account_holders.status)) = 'terminated'
                    then terminations.terminated_on
            end
        ) as terminated_on
    from account_holders
    left join terminations
        on account_holders.entity_key = terminations.entity_key
    left join statuses
        on lower(account_holders.status) = statuses.caseless_value
),

{{ judge('spend_accounts.employees', 'facts', account_holders_rules()) }},

{{ masked_texts('spend_accounts.employees', 'judged') }}

select * exclude (fired_bits)
from masked
