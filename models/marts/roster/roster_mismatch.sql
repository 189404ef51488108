-- Persons expected and persons seen, a company on either side only included. Bands are half-open,
-- the border between High and Critical belongs to High; compared by multiplication.
{% set bands = var('roster_severity_bands') %}
with

employees as (
    select
        *,
        coalesce(company_ein, 'UNMAPPED') as listed_under
    from {{ ref('int_employees_observed') }}
),

observed as (
    select
        listed_under as company_ein,
        count(distinct person_id) filter (where is_valid and not has_left) as observed,
        count(distinct person_id) filter (where is_valid and has_left) as terminated,
        count(*) filter (where not is_valid) as quarantined
    from employees
    group by listed_under
),

expected as (
    select * from {{ ref('int_companies_listed') }}
),

companies as (
    select
        coalesce(expected.company_ein, observed.company_ein) as company_ein,
        coalesce(expected.company_name, expected.company_ein, observed.company_ein) as company_name,
        expected.expected_employees::bigint as expected,
        coalesce(observed.observed, 0) as observed,
        coalesce(observed.terminated, 0) as terminated,
        coalesce(observed.quarantined, 0) as quarantined
    from expected
    full join observed
        on expected.company_ein = observed.company_ein
    where expected.company_ein is not null or observed.observed > 0
),

differences as (
    select
        *,
        observed - expected as difference,
        abs(observed - expected) * 100 as hundredfold
    from companies
)

select
    company_ein,
    company_name,
    expected,
    observed,
    terminated,
    quarantined,
    difference,
    case
        when expected = 0 and observed = 0 then 0
        when expected > 0 then {{ rounded_ratio('hundredfold::hugeint', 'expected::hugeint', 2) }}
    end::decimal(18, 2) as pct_diff,
    case
        when difference > 0 then 'over'
        when difference < 0 then 'under'
        when difference = 0 then 'match'
    end as direction,
    case
        when expected is null then 'Unknown'
        when expected = 0 and observed > 0 then 'Critical'
        when hundredfold < {{ bands[0] }} * expected or difference = 0 then 'Low'
        when hundredfold < {{ bands[1] }} * expected then 'Medium'
        when hundredfold <= {{ bands[2] }} * expected then 'High'
        else 'Critical'
    end as severity
from differences
