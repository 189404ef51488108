{{ config(materialized='table') }}

with

claims as (
    select * from {{ ref('int_claims_current') }}
),

companies as (
    select * from {{ ref('int_companies_listed') }}
),

claim_types as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where source = 'benefits_admin' and feed = 'claims' and field = 'claim_type'
),

coverage as (
    select * from {{ ref('int_plans_islands') }}
),

spelled as (
    select
        claims.* exclude (claim_type),
        claims.claim_id as record_key,
        coalesce(claim_types.value, claims.claim_type) as claim_type,
        claim_types.value is not null as is_known_type,
        companies.company_ein is not null as is_known_company
    from claims
    left join companies
        on claims.company_ein = companies.company_ein
    left join claim_types
        on lower(claims.claim_type) = claim_types.caseless_value
),

-- Islands of one company and plan type do not overlap, so the last one that began decides.
facts as (
    select
        spelled.*,
        coalesce(spelled.service_date <= coverage.last_day, false) as is_covered
    from spelled
    asof left join coverage
        on
            spelled.company_ein = coverage.company_ein
            and lower(spelled.claim_type) = coverage.caseless_plan_type
            and spelled.service_date >= coverage.first_day
),

{{ judge('benefits_admin.claims', 'facts', claims_rules()) }}

select * from judged
