{{ config(materialized='incremental', unique_key='row_id') }}

{{ quarantine(
    'benefits_admin.claims',
    assessed=ref('int_claims_assessed'),
    landed=ref('land_benefits_admin__claims')
) }}
