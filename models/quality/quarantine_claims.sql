-- Made by `make feed` from var feeds: what is changed here is lost.
{{ config(materialized='after_judged', unique_key='row_id') }}

{{ quarantine(
    'benefits_admin.claims',
    judged=ref('int_claims_judged'),
    landed=source('landing', 'land_benefits_admin__claims')
) }}
