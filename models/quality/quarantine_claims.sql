{{ config(materialized='after_judged', unique_key='row_id') }}

{{ quarantine(
    'benefits_admin.claims',
    judged=ref('int_claims_judged'),
    landed=ref('land_benefits_admin__claims')
) }}
