{{ current_versions(
    'benefits_admin.plans',
    staged=ref('stg_benefits_admin__plans'),
    landed=ref('land_benefits_admin__plans')
) }}
