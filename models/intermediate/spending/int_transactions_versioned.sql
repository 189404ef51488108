with

{{ versions(
    'spend_accounts.transactions',
    rows=ref('stg_spend_accounts__transactions'),
    landed=ref('land_spend_accounts__transactions'),
    keep_conflicts=true
) }}

select * from versioned
