{{ current_versions(
    'spend_accounts.transactions',
    staged=ref('stg_spend_accounts__transactions'),
    landed=ref('land_spend_accounts__transactions'),
    keep_conflicts=true
) }}
