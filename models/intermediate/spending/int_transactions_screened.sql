-- The rules that a transaction meets by itself, with its holder and its account. What passes here
-- counts as spending for the rules over groups in int_transactions_assessed.
with

transactions as (
    select * from {{ ref('int_transactions_current') }}
),

account_holders as (
    select * from {{ ref('int_account_holders_assessed') }}
    where is_valid and version_rank = 1
),

benefit_accounts as (
    select * from {{ ref('int_benefit_accounts_assessed') }}
    where is_valid and version_rank = 1
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

facts as (
    select
        transactions.* exclude (category),
        transactions.transaction_id as record_key,
        coalesce(categories.category, transactions.category) as category,
        transactions.transaction_at::date as transaction_day,
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

{{ judge('spend_accounts.transactions', 'facts', transactions_rules()) }}

select
    * exclude (dq_flags, all_reasons, rejection_reason, is_valid),
    is_valid as is_countable
from judged
