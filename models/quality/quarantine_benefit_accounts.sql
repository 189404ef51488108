{{ quarantine(
    'spend_accounts.benefit_accounts',
    judged=ref('int_benefit_accounts_judged'),
    landed=ref('land_spend_accounts__benefit_accounts')
) }}
