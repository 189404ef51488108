{{ quarantine(
    'benefits_admin.plans',
    judged=ref('int_plans_judged'),
    landed=ref('land_benefits_admin__plans')
) }}
