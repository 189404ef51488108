with

{{ versions(
    'benefits_admin.claims',
    rows=ref('stg_benefits_admin__claims'),
    landed=ref('land_benefits_admin__claims')
) }}

select * from versioned
