{{ quarantine(
    'spend_accounts.employees',
    assessed=ref('int_account_holders_assessed'),
    landed=ref('land_spend_accounts__employees')
) }}
