{{ config(materialized='table') }}

-- One row per source system with its "today": the newest valid event of the data, never the clock.
with

claims as (
    select max(service_date) as as_of_date
    from {{ ref('int_claims_daily') }}
),

plans as (
    select max(start_date) as as_of_date
    from {{ ref('int_plans_judged') }}
    where is_valid and not is_deleted and start_date <= first_seen_at::date
),

transactions as (
    select max(transaction_day) as as_of_date
    from {{ ref('int_transactions_judged') }}
    where is_valid and not is_deleted
),

final as (
    select
        'benefits_admin' as source,
        coalesce({{ as_of_date() }}, claims.as_of_date, plans.as_of_date) as as_of_date
    from claims
    cross join plans
    union all
    select
        'spend_accounts' as source,
        coalesce({{ as_of_date() }}, transactions.as_of_date) as as_of_date
    from transactions
)

select * from final
