-- Made by `make feed` from var feeds: what is changed here is lost.
-- depends_on: {{ ref('landing_ledger') }}
-- depends_on: {{ ref('sender_settings') }}
with

source as (
    select *
    from {{ settled_rows(
        'spend_accounts.employees',
        source('landing', 'land_spend_accounts__employees')
    ) }}
),

tidied as (
    select
        {{ lineage() }},
        {{ clean_text('employee_id', is_varied=true) }} as employee_id,
        {{ clean_name('first_name') }} as first_name,
        {{ clean_name('last_name') }} as last_name,
        {{ tidy_text('email', is_varied=true) }} as email_text,
        email_token,
        {{ tidy_text('hire_date') }} as hire_date_text,
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
        employee_id,
        first_name,
        last_name,
        status,
        {{ clean_email('email_text') }} as email,
        email_token,
        {{ is_filled('email_text') }} as has_email_text,
        {{ is_filled('hire_date_text') }} as has_hire_date_text,
        {{ is_filled('termination_date_text') }} as has_termination_date_text,
        {{ is_filled('last_updated_text') }} as has_last_updated_text,
        {{ clean_date('hire_date_text') }} as hire_date,
        {{ clean_end_date('termination_date_text') }} as termination_date,
        {{ clean_timestamp('last_updated_text') }} as last_updated
    from tidied
)

select
    *,
    {{ entity_key('spend_accounts.employees') }} as entity_key
from renamed
