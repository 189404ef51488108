{{ quarantine(
    'benefits_admin.plans',
    assessed=ref('int_plans_assessed'),
    landed=ref('land_benefits_admin__plans')
) }}
