-- Made by `make feed` from var feeds: what is changed here is lost.
-- depends_on: {{ ref('landing_ledger') }}
-- depends_on: {{ ref('sender_settings') }}
with

source as (
    select *
    from {{ settled_rows(
        'spend_accounts.benefit_accounts',
        source('landing', 'land_spend_accounts__benefit_accounts')
    ) }}
),

tidied as (
    select
        {{ lineage() }},
        {{ clean_text('benefit_account_id', is_varied=true) }} as benefit_account_id,
        {{ clean_text('employee_id', is_varied=true) }} as employee_id,
        {{ clean_text('benefit_type') }} as benefit_type,
        {{ clean_name('program_name') }} as program_name,
        {{ tidy_text('monthly_allowance') }} as monthly_allowance_text,
        {{ clean_text('allowance_period') }} as allowance_period,
        {{ tidy_text('current_balance') }} as current_balance_text,
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
        benefit_account_id,
        employee_id,
        benefit_type,
        program_name,
        allowance_period,
        {{ clean_money('monthly_allowance_text') }} as monthly_allowance,
        {{ clean_money('current_balance_text') }} as current_balance,
        {{ is_unlimited('monthly_allowance_text') }} as is_unlimited_monthly_allowance,
        {{ is_filled('monthly_allowance_text') }} as has_monthly_allowance_text,
        {{ is_filled('current_balance_text') }} as has_current_balance_text,
        {{ is_filled('last_updated_text') }} as has_last_updated_text,
        {{ clean_timestamp('last_updated_text') }} as last_updated
    from tidied
)

select
    *,
    {{ entity_key('spend_accounts.benefit_accounts') }} as entity_key
from renamed
