{{ config(
    materialized='judged',
    unique_key='row_id',
    meta={
        'parents': {
            'int_account_holders_known': {'employee_id': 'employee_id'},
            'int_benefit_accounts_known': {'benefit_account_id': 'benefit_account_id'},
        },
    }
) }}

-- depends_on: {{ ref('sender_settings') }}
-- Twice judged: by what a transaction is itself, with its holder and its account; what passes
-- counts as spending for the rules over groups (month-to-date spend, the same purchase a moment
-- before).
with

{{ rows_to_judge(
    'spend_accounts.transactions',
    staged=ref('stg_spend_accounts__transactions'),
    groups=[
        [
            'benefit_account_id',
            "date_trunc('month', "
            ~ business_day('transaction_at', 'spend_accounts.transactions') ~ ")",
        ],
        ['employee_id', 'merchant', 'amount'],
    ],
    keep_conflicts=true
) }},

transactions as (
    select * from to_judge
),

account_holders as (
    select * from {{ ref('int_account_holders_known') }}
),

benefit_accounts as (
    select * from {{ ref('int_benefit_accounts_known') }}
),

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

single_facts as (
    select
        transactions.* exclude (category),
        coalesce(categories.category, transactions.category) as category,
        {{ business_day('transactions.transaction_at', 'spend_accounts.transactions') }}
            as transaction_day,
        account_holders.employee_id is not null as is_known_holder,
        account_holders.is_terminated,
        account_holders.terminated_on,
        account_holders.hire_date,
        benefit_accounts.benefit_account_id is not null as is_known_account,
        benefit_accounts.employee_id as account_employee_id,
        benefit_accounts.benefit_type,
        benefit_accounts.program_name,
        benefit_accounts.monthly_allowance,
        mappings.category is not null as is_valid_category
    from transactions
    left join account_holders
        on transactions.employee_id = account_holders.employee_id
    left join benefit_accounts
        on transactions.benefit_account_id = benefit_accounts.benefit_account_id
    left join categories
        on lower(transactions.category) = categories.caseless_category
    left join mappings
        on
            lower(transactions.category) = mappings.caseless_category
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
        is_countable and sum(amount) over (
            partition by benefit_account_id, date_trunc('month', transaction_day), is_countable
            order by transaction_at asc, transaction_id asc
            rows between unbounded preceding and current row
        ) > monthly_allowance as is_over_allowance,
        is_countable and merchant is not null and transaction_at - lag(transaction_at) over (
            partition by employee_id, merchant, amount, is_countable
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
    amount,
    has_amount_text,
    has_timestamp_text,
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
