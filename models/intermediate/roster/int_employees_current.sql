{{ current_versions(
    'benefits_admin.employees',
    staged=ref('stg_benefits_admin__employees'),
    landed=ref('land_benefits_admin__employees')
) }}
