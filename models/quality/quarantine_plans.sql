-- Made by `make feed` from var feeds: what is changed here is lost.
{{ quarantine(
    'benefits_admin.plans',
    judged=ref('int_plans_judged'),
    landed=source('landing', 'land_benefits_admin__plans')
) }}
