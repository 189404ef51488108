{{ quarantine(
    'benefits_admin.employees',
    assessed=ref('int_employees_assessed'),
    landed=ref('land_benefits_admin__employees')
) }}
