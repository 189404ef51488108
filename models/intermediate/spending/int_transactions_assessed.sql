{{ config(materialized='table') }}

-- The rules that need a transaction's neighbours: month-to-date spend of the account, and the same
-- purchase a few minutes before. Only what int_transactions_screened let pass counts.
with

screened as (
    select
        *,
        fired_rules as screened_rules
    from {{ ref('int_transactions_screened') }}
),

facts as (
    select
        * exclude (fired_rules),
        is_countable and sum(amount) over (
            partition by benefit_account_id, date_trunc('month', transaction_at), is_countable
            order by transaction_at asc, transaction_id asc
            rows between unbounded preceding and current row
        ) > monthly_allowance as is_over_allowance,
        is_countable and merchant is not null and transaction_at - lag(transaction_at) over (
            partition by employee_id, merchant, amount, is_countable
            order by transaction_at asc, transaction_id asc
        ) <= interval 5 minutes as is_soon_repeated
    from screened
),

{{ judge(
    'spend_accounts.transactions', 'facts', transactions_groups_rules(),
    fired_before='screened_rules'
) }}

select * from judged
