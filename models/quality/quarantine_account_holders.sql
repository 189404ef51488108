{{ quarantine(
    'spend_accounts.employees',
    judged=ref('int_account_holders_judged'),
    landed=ref('land_spend_accounts__employees')
) }}
