{{ current_versions(
    'benefits_admin.claims',
    staged=ref('stg_benefits_admin__claims'),
    landed=ref('land_benefits_admin__claims')
) }}
