-- Valid benefit accounts, deleted or not, with what a transaction is compared with.
select
    benefit_account_id,
    employee_id,
    benefit_type,
    program_name,
    monthly_allowance
from {{ ref('int_benefit_accounts_judged') }}
where is_valid and version_rank = 1
