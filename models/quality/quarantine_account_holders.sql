-- Made by `make feed` from var feeds: what is changed here is lost.
{{ quarantine(
    'spend_accounts.employees',
    judged=ref('int_account_holders_judged'),
    landed=source('landing', 'land_spend_accounts__employees')
) }}
