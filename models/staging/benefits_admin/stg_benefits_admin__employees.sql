-- Made by `make feed` from var feeds: what is changed here is lost.
-- depends_on: {{ ref('landing_ledger') }}
-- depends_on: {{ ref('sender_settings') }}
-- depends_on: {{ ref('company_identifiers') }}
with

source as (
    select *
    from {{ settled_rows(
        'benefits_admin.employees',
        source('landing', 'land_benefits_admin__employees')
    ) }}
),

tidied as (
    select
        {{ lineage() }},
        {{ clean_text('person_id', is_varied=true) }} as person_id,
        {{ clean_name('full_name') }} as full_name,
        {{ clean_name('first_name') }} as first_name,
        {{ clean_name('last_name') }} as last_name,
        {{ clean_text('title') }} as title,
        {{ tidy_text('email', is_varied=true) }} as email_text,
        email_token,
        {{ tidy_text('company_ein') }} as company_ein_text,
        {{ tidy_text('start_date') }} as start_date_text,
        hash({{ clean_text('notes') }}) as notes_hash,
        {{ clean_text('notes') }} is not null as has_notes_text,
        {{ clean_text('status') }} as status,
        {{ tidy_text('termination_date') }} as termination_date_text,
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
        person_id,
        full_name,
        first_name,
        last_name,
        title,
        status,
        case when has_notes_text then notes_hash end as notes_hash,
        {{ clean_email('email_text') }} as email,
        {{ clean_ein('company_ein_text') }} as company_ein,
        email_token,
        {{ short_ein('company_ein_text') }} as short_company_ein,
        {{ holds_ssn('company_ein_text') }} as has_ssn_in_company_ein,
        {{ is_filled('email_text') }} as has_email_text,
        {{ is_filled('company_ein_text') }} as has_company_ein_text,
        {{ is_filled('start_date_text') }} as has_start_date_text,
        {{ is_filled('termination_date_text') }} as has_termination_date_text,
        {{ is_filled('last_updated_text') }} as has_last_updated_text,
        {{ clean_date('start_date_text') }} as start_date,
        {{ clean_end_date('termination_date_text') }} as termination_date,
        {{ clean_timestamp('last_updated_text') }} as last_updated
    from tidied
)

select
    *,
    {{ entity_key('benefits_admin.employees') }} as entity_key
from renamed
