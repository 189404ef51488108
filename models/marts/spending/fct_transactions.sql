{{ config(
    materialized='after_judged',
    unique_key='row_id',
    meta={'partitioned_by': ['year(transaction_at)']}
) }}

-- merchant and category are masked here and not where they are judged: a purchase is compared with
-- the one before by what was delivered.
with

transactions as (
    select * from {{ ref('int_transactions_judged') }}
    where
        is_valid
        and not is_deleted
        and version_rank = 1
        and {{ is_judged_since('int_transactions_judged') }}
),

{{ masked_texts('spend_accounts.transactions', 'transactions') }}

select
    transaction_id,
    employee_id,
    benefit_account_id,
    merchant,
    amount,
    transaction_at,
    transaction_day as transaction_on,
    category,
    transaction_type,
    transaction_status,
    currency,
    benefit_type,
    program_name,
    dq_flags,
    row_id,
    load_id,
    loaded_at
from masked
