-- Made by `make feed` from var feeds: what is changed here is lost.
-- depends_on: {{ ref('landing_ledger') }}
-- depends_on: {{ ref('sender_settings') }}
-- depends_on: {{ ref('company_identifiers') }}
with

source as (
    select *
    from {{ settled_rows(
        'benefits_admin.claims',
        source('landing', 'land_benefits_admin__claims')
    ) }}
),

tidied as (
    select
        {{ lineage() }},
        {{ clean_text('claim_id', is_varied=true) }} as claim_id,
        {{ clean_text('line_number') }} as line_number,
        {{ tidy_text('company_ein') }} as company_ein_text,
        {{ tidy_text('service_date') }} as service_date_text,
        {{ tidy_text('paid_date') }} as paid_date_text,
        amount as delivered_amount,
        {{ clean_text('claim_type') }} as claim_type,
        {{ clean_text('claim_status') }} as claim_status,
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
        claim_id,
        line_number,
        claim_type,
        claim_status,
        {{ clean_ein('company_ein_text') }} as company_ein,
        {{ short_ein('company_ein_text') }} as short_company_ein,
        {{ holds_ssn('company_ein_text') }} as has_ssn_in_company_ein,
        delivered_amount,
        {{ clean_money('delivered_amount', is_varied=true) }} as amount,
        {{ is_filled('company_ein_text') }} as has_company_ein_text,
        {{ is_filled('service_date_text') }} as has_service_date_text,
        {{ is_filled('paid_date_text') }} as has_paid_date_text,
        {{ is_filled('last_updated_text') }} as has_last_updated_text,
        {{ clean_date('service_date_text') }} as service_date,
        {{ clean_date('paid_date_text') }} as paid_date,
        {{ clean_timestamp('last_updated_text') }} as last_updated
    from tidied
)

select
    * exclude (delivered_amount),
    {{ is_filled('delivered_amount', value='amount') }} as has_amount_text,
    {{ entity_key('benefits_admin.claims') }} as entity_key
from renamed
