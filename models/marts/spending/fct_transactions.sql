{{ config(materialized='incremental', unique_key='row_id') }}

with

transactions as (
    select * from {{ ref('int_transactions_assessed') }}
    where
        is_valid
        and not is_deleted
        and version_rank = 1
        and {{ is_judged_since('int_transactions_assessed') }}
)

select
    transaction_id,
    employee_id,
    benefit_account_id,
    merchant,
    amount,
    transaction_at,
    category,
    benefit_type,
    program_name,
    dq_flags,
    row_id,
    load_id,
    loaded_at
from transactions
