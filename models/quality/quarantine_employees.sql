-- Made by `make feed` from var feeds: what is changed here is lost.
{{ quarantine(
    'benefits_admin.employees',
    judged=ref('int_employees_judged'),
    landed=source('landing', 'land_benefits_admin__employees')
) }}
