{{ config(materialized='after_judged', unique_key='row_id') }}

{{ quarantine(
    'spend_accounts.transactions',
    judged=ref('int_transactions_judged'),
    landed=ref('land_spend_accounts__transactions')
) }}
