{{ quarantine(
    'spend_accounts.benefit_accounts',
    assessed=ref('int_benefit_accounts_assessed'),
    landed=ref('land_spend_accounts__benefit_accounts')
) }}
