{{ current_versions(
    'spend_accounts.benefit_accounts',
    staged=ref('stg_spend_accounts__benefit_accounts'),
    landed=ref('land_spend_accounts__benefit_accounts')
) }}
