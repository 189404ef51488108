with

account_holders as (
    select * from {{ ref('int_account_holders_judged') }}
    where is_valid and version_rank = 1
)

select
    employee_id,
    {{ mask_name('first_name') }} as first_name,
    {{ mask_name('last_name') }} as last_name,
    {{ mask_email('email') }} as email,
    email_token,
    hire_date,
    status,
    is_terminated,
    terminated_on,
    dq_flags,
    is_deleted,
    row_id,
    load_id
from account_holders
