-- Valid account holders, deleted or not, with what a transaction is compared with.
select
    employee_id,
    is_terminated,
    terminated_on,
    departed_on,
    hire_date
from {{ ref('int_account_holders_judged') }}
where is_valid and version_rank = 1
