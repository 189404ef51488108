with

source as (
    select * from {{ ref('land_spend_accounts__transactions') }}
    where change = 'upsert'
),

tidied as (
    select
        {{ lineage() }},
        {{ clean_text('transaction_id', is_varied=true) }} as transaction_id,
        {{ clean_text('employee_id', is_varied=true) }} as employee_id,
        {{ clean_text('benefit_account_id', is_varied=true) }} as benefit_account_id,
        {{ clean_name('merchant') }} as merchant,
        {{ clean_text('category') }} as category,
        amount as delivered_amount,
        timestamp as delivered_timestamp,
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
        transaction_id,
        employee_id,
        benefit_account_id,
        merchant,
        category,
        delivered_amount,
        delivered_timestamp,
        {{ clean_money('delivered_amount', is_varied=true) }} as amount,
        {{ is_filled('last_updated_text') }} as has_last_updated_text,
        {{ clean_timestamp('delivered_timestamp', is_varied=true) }} as transaction_at,
        {{ clean_timestamp('last_updated_text') }} as last_updated
    from tidied
)

select
    * exclude (delivered_amount, delivered_timestamp),
    {{ is_filled('delivered_amount', value='amount') }} as has_amount_text,
    {{ is_filled('delivered_timestamp', value='transaction_at') }} as has_timestamp_text,
    {{ entity_key(['transaction_id']) }} as entity_key
from renamed
