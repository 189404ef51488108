{{ config(materialized='after_judged') }}

-- Sums of the claims that count, by company and day: what changes is added to what was known, so
-- that windows of a long history cost what its days cost, and not what its claims do.
with

changes as (
    {{ counted_rows('int_claims_judged', ['company_ein', 'service_date', 'amount']) }}
),

sums as (
    select
        company_ein,
        service_date,
        sum(amount * times) as amount,
        sum(times) as claim_count
    from changes
    group by company_ein, service_date
    {%- if is_increment() %}
    union all
    select * from {{ this }}
    {%- endif %}
)

select
    company_ein,
    service_date,
    sum(amount)::decimal(38, 2) as amount,
    sum(claim_count)::bigint as claim_count
from sums
group by company_ein, service_date
having sum(claim_count) > 0
