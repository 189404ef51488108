with

benefit_accounts as (
    select * from {{ ref('int_benefit_accounts_judged') }}
    where is_valid and not is_deleted and version_rank = 1
)

select
    benefit_type,
    program_name,
    monthly_allowance,
    coalesce(lower(allowance_period), 'month') as allowance_period,
    count(*)::bigint as account_count
from benefit_accounts
group by benefit_type, program_name, monthly_allowance, coalesce(lower(allowance_period), 'month')
