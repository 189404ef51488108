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
    {% if var('pii_masking_enabled') -%}
    case when not {{ holds_personal_data('email_domain') }} then email_domain end as email_domain,
    {%- else -%}
    email_domain,
    {%- endif %}
    email_token,
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
