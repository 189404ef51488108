-- Companies of the seed and those that any valid row names, with what enrichment knows of them.
with

listed as (
    select * from {{ ref('int_companies_listed') }}
),

named as (
    select company_ein from listed
    union
    select company_ein from {{ ref('int_employees_judged') }}
    where is_valid and company_ein is not null
    union
    select company_ein from {{ ref('int_plans_judged') }}
    where is_valid and company_ein is not null
    union
    select company_ein from {{ ref('int_claims_judged') }}
    where is_valid and company_ein is not null
),

domains as (
    select
        {{ clean_ein(clean_text('company_ein')) }} as company_ein,
        lower({{ clean_text('email_domain') }}) as email_domain
    from {{ ref('company_lookup') }}
),

company_domains as (
    select
        company_ein,
        {{ list_of_distinct('email_domain') }} as email_domains
    from domains
    where email_domain is not null
    group by company_ein
),

-- A company with several domains takes the first answer, domains by the alphabet.
enriched as (
    select
        domains.company_ein,
        enrichment.*
    from domains
    inner join {{ ref('company_enrichment') }} as enrichment
        on domains.email_domain = enrichment.domain
    qualify
        row_number() over (
            partition by domains.company_ein
            order by enrichment.industry is null, enrichment.domain
        ) = 1
)

select
    named.company_ein,
    coalesce(listed.company_name, named.company_ein) as company_name,
    listed.expected_employees,
    coalesce(company_domains.email_domains, []) as email_domains,
    enriched.industry,
    enriched.revenue,
    enriched.headcount,
    enriched.revenue_usd,
    enriched.headcount_number,
    coalesce(enriched.enrichment_flags, []) as enrichment_flags,
    coalesce(enriched.status, 'no_domain') as enrichment_status,
    enriched.fetched_at as enriched_at
from named
left join listed
    on named.company_ein = listed.company_ein
left join company_domains
    on named.company_ein = company_domains.company_ein
left join enriched
    on named.company_ein = enriched.company_ein
