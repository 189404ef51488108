{{ config(materialized='incremental', unique_key='row_id') }}

{{ quarantine(
    'spend_accounts.transactions',
    assessed=ref('int_transactions_assessed'),
    landed=ref('land_spend_accounts__transactions')
) }}
