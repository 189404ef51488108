-- Made by `make feed` from var feeds: what is changed here is lost.
{{ quarantine(
    'spend_accounts.benefit_accounts',
    judged=ref('int_benefit_accounts_judged'),
    landed=source('landing', 'land_spend_accounts__benefit_accounts')
) }}
