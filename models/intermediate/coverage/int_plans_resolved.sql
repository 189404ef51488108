-- The plan with its company: an EIN gets its lost zero back where that makes it a listed one. It is
-- part of the key, so that versions of a plan find each other only from here on.
with

plans as (
    select * from {{ ref('stg_benefits_admin__plans') }}
),

companies as (
    select * from {{ ref('int_companies_listed') }}
),

resolved as (
    select
        plans.* exclude (company_ein),
        coalesce(plans.company_ein, companies.company_ein) as company_ein
    from plans
    left join companies
        on plans.short_company_ein = companies.company_ein
)

select
    * exclude (entity_key),
    {{ entity_key('benefits_admin.plans') }} as entity_key
from resolved
