{{ quarantine(
    'benefits_admin.employees',
    judged=ref('int_employees_judged'),
    landed=ref('land_benefits_admin__employees')
) }}
