-- Made by `make feed` from var feeds: what is changed here is lost.
-- depends_on: {{ ref('landing_ledger') }}
-- depends_on: {{ ref('sender_settings') }}
with

source as (
    select *
    from {{ settled_rows(
        'spend_accounts.transactions',
        source('landing', 'land_spend_accounts__transactions')
    ) }}
),

tidied as (
    select
        {{ lineage() }},
        {{ clean_text('transaction_id', is_varied=true) }} as transaction_id,
        {{ clean_text('employee_id', is_varied=true) }} as employee_id,
        {{ clean_text('benefit_account_id', is_varied=true) }} as benefit_account_id,
        {{ clean_name('merchant') }} as merchant,
        amount as delivered_amount,
        timestamp as delivered_timestamp,
        {{ clean_text('category') }} as category,
        {{ clean_text('transaction_type') }} as transaction_type,
        {{ clean_text('transaction_status') }} as transaction_status,
        {{ clean_text('currency') }} as currency,
        {{ tidy_text('last_updated') }} as last_updated_text,
        {{ has_time('spend_accounts.transactions', 'timestamp') }} as has_timestamp_time
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
        transaction_id,
        employee_id,
        benefit_account_id,
        merchant,
        category,
        transaction_type,
        transaction_status,
        currency,
        delivered_amount,
        delivered_timestamp,
        {{ clean_money('delivered_amount', is_varied=true) }} as amount,
        has_timestamp_time,
        {{ is_filled('last_updated_text') }} as has_last_updated_text,
        {{ clean_timestamp('delivered_timestamp', is_varied=true) }} as transaction_at,
        {{ clean_timestamp('last_updated_text') }} as last_updated
    from tidied
)

select
    * exclude (delivered_amount, delivered_timestamp),
    {{ is_filled('delivered_amount', value='amount') }} as has_amount_text,
    {{ is_filled('delivered_timestamp', value='transaction_at') }} as has_timestamp_text,
    {{ entity_key('spend_accounts.transactions') }} as entity_key
from renamed
