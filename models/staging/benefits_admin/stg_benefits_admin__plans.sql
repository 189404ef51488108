-- Made by `make feed` from var feeds: what is changed here is lost.
-- depends_on: {{ ref('landing_ledger') }}
-- depends_on: {{ ref('sender_settings') }}
-- depends_on: {{ ref('company_identifiers') }}
with

source as (
    select *
    from {{ settled_rows(
        'benefits_admin.plans',
        source('landing', 'land_benefits_admin__plans')
    ) }}
),

tidied as (
    select
        {{ lineage() }},
        {{ tidy_text('company_ein') }} as company_ein_text,
        {{ clean_text('plan_type') }} as plan_type,
        {{ clean_name('carrier_name') }} as carrier_name,
        {{ clean_text('plan_name') }} as plan_name,
        {{ tidy_text('start_date') }} as start_date_text,
        {{ tidy_text('end_date') }} as end_date_text,
        {{ tidy_text('last_updated') }} as last_updated_text
    from source
),

renamed as (
    select
        row_id,
        file_id,
        load_id,
        loaded_at,
        source_row,
        content_hash,
        sender,
        plan_type,
        carrier_name,
        plan_name,
        {{ clean_ein('company_ein_text') }} as company_ein,
        {{ short_ein('company_ein_text') }} as short_company_ein,
        {{ holds_ssn('company_ein_text') }} as has_ssn_in_company_ein,
        {{ is_filled('company_ein_text') }} as has_company_ein_text,
        {{ is_filled('start_date_text') }} as has_start_date_text,
        {{ is_filled('end_date_text') }} as has_end_date_text,
        {{ is_filled('last_updated_text') }} as has_last_updated_text,
        {{ clean_date('start_date_text') }} as start_date,
        {{ clean_end_date('end_date_text') }} as end_date,
        {{ clean_timestamp('last_updated_text') }} as last_updated
    from tidied
)

select
    *,
    {{ entity_key('benefits_admin.plans') }} as entity_key
from renamed
