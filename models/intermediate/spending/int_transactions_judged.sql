{{ config(
    materialized='judged',
    unique_key='row_id',
    meta={'counted': ['benefit_account_id', 'transaction_day', 'amount'], 'parents': {
        'int_account_holders_known': {'employee_id': 'employee_id'},
        'int_benefit_accounts_known': {'benefit_account_id': 'benefit_account_id'},
        'int_texts_named': 'free_text',
    }}
) }}

-- depends_on: {{ ref('sender_settings') }}
-- Twice judged: by itself, with holder and account; what passes counts in the rules over groups.
with

{{ rows_to_judge(
    'spend_accounts.transactions',
    staged=ref('stg_spend_accounts__transactions'),
    groups=[
        ['benefit_account_id', spending_period(ref('int_benefit_accounts_known'))],
        ['employee_id', 'merchant', 'amount'],
    ],
    keep_conflicts=true
) }},

mappings as (
    select * from {{ ref('int_categories_mapped') }}
),

categories as (
    select
        caseless_category,
        min(category) as category
    from mappings
    group by caseless_category
),

dated as (
    select
        *,
        {{ business_day('transaction_at', 'spend_accounts.transactions') }} as transaction_day
    from to_judge
),

{{ spelled(
    'spend_accounts.transactions', 'dated', ['transaction_type', 'transaction_status', 'currency']
) }},

single_facts as (
    select
        spelled.* exclude (category),
        coalesce(categories.category, spelled.category) as category,
        coalesce(
            lower(spelled.transaction_type) in ('refund', 'credit', 'reversal', 'chargeback'), false
        ) as is_refund,
        account_holders.employee_id is not null as is_known_holder,
        account_holders.is_terminated,
        account_holders.terminated_on,
        account_holders.departed_on,
        account_holders.hire_date,
        benefit_accounts.benefit_account_id is not null as is_known_account,
        benefit_accounts.employee_id as account_employee_id,
        benefit_accounts.benefit_type,
        benefit_accounts.program_name,
        benefit_accounts.monthly_allowance,
        benefit_accounts.allowance_period,
        date_trunc(benefit_accounts.allowance_period, spelled.transaction_day) as period_start,
        mappings.category is not null as is_valid_category
    from spelled
    left join {{ ref('int_account_holders_known') }} as account_holders
        on spelled.employee_id = account_holders.employee_id
    -- The allowance that was known on the last day of the month.
    left join {{ ref('int_benefit_accounts_known') }} as benefit_accounts
        on
            spelled.benefit_account_id = benefit_accounts.benefit_account_id
            and coalesce(last_day(spelled.transaction_day), date 'infinity')
            between benefit_accounts.known_from and benefit_accounts.known_to
    left join categories
        on lower(spelled.category) = categories.caseless_category
    left join mappings
        on
            lower(spelled.category) = mappings.caseless_category
            and lower(benefit_accounts.benefit_type) = mappings.caseless_benefit_type
),

{{ judge('spend_accounts.transactions', 'single_facts', transactions_rules(), step='first_') }},

screened as (
    select
        * exclude (dq_flags, all_reasons, rejection_reason, is_valid),
        is_valid as is_countable
    from first_judged
),

facts as (
    select
        *,
        is_countable and {{ spend_to_date() }} > monthly_allowance as is_over_allowance,
        -- Without a time of day, two purchases of a day are no repeat.
        is_countable
        and has_timestamp_time
        and merchant is not null
        and transaction_at - lag(transaction_at) over (
            partition by employee_id, merchant, amount, is_countable, has_timestamp_time
            order by transaction_at asc, transaction_id asc
        ) <= interval 5 minutes as is_soon_repeated
    from screened
),

{{ judge(
    'spend_accounts.transactions', 'facts', transactions_groups_rules(),
    before='first_'
) }}

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
    amount,
    has_amount_text,
    has_timestamp_text,
    has_timestamp_time,
    has_last_updated_text,
    transaction_at,
    transaction_day,
    last_updated,
    benefit_type,
    program_name,
    first_seen_at,
    version_count,
    version_rank,
    is_current,
    is_deleted,
    dq_flags,
    all_reasons,
    is_valid,
    {{ judged_in() }} as judged_in
from judged
where is_wanted
