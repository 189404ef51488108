-- Made by `make feed` from var feeds: what is changed here is lost.
{{ config(materialized='after_judged', unique_key='row_id') }}

{{ quarantine(
    'spend_accounts.transactions',
    judged=ref('int_transactions_judged'),
    landed=source('landing', 'land_spend_accounts__transactions')
) }}
