{{ current_versions(
    'spend_accounts.employees',
    staged=ref('stg_spend_accounts__employees'),
    landed=ref('land_spend_accounts__employees')
) }}
