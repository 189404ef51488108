with

employees as (
    select * from {{ ref('int_employees_judged') }}
    where is_valid and version_rank = 1
)

select
    person_id,
    {{ mask_name('full_name') }} as full_name,
    title,
    {{ mask_email('email') }} as email,
    if({{ mask_email('email') }} = '****', null, email_domain) as email_domain,
    {{ person_token('email') }} as email_token,
    company_ein,
    company_ein_source,
    start_date,
    status,
    terminated_on as termination_date,
    dq_flags,
    is_deleted,
    row_id,
    load_id
from employees
