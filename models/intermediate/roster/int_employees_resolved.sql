-- The person with a company and a title: an EIN gets its lost zero back where that makes it that of
-- a listed company, and is inferred from the e-mail domain where the lookup names exactly one; a
-- missing title is the last one that the person had.
with

{{ versions(
    'benefits_admin.employees',
    rows=ref('stg_benefits_admin__employees')
) }},

employees as (
    select
        {{ star_with('*', {
            'full_name': "coalesce(full_name, nullif(concat_ws(' ', first_name, last_name), ''))"
        }) }}
    from versioned
    where is_current
),

domains as (
    select * from {{ ref('int_domains_resolved') }}
),

companies as (
    select * from {{ ref('int_companies_listed') }}
),

last_titles as (
    select
        entity_key,
        arg_max(
            title,
            (coalesce(last_updated, '-infinity'), coalesce(delivery_order, 0), content_hash)
        ) as title
    from versioned
    where title is not null and person_id is not null
    group by entity_key
),

final as (
    select
        employees.* exclude (title, company_ein),
        split_part(employees.email, '@', 2) as email_domain,
        coalesce(employees.company_ein, companies.company_ein) as delivered_ein,
        coalesce(employees.company_ein, companies.company_ein, domains.company_ein) as company_ein,
        case
            when coalesce(employees.company_ein, companies.company_ein) is not null then 'source'
            when domains.company_ein is not null then 'inferred'
            else 'none'
        end as company_ein_source,
        domains.company_ein as domain_ein,
        employees.title as delivered_title,
        coalesce(employees.title, last_titles.title) as title
    from employees
    left join companies
        on employees.short_company_ein = companies.company_ein
    left join domains
        on split_part(employees.email, '@', 2) = domains.email_domain
    left join last_titles
        on employees.entity_key = last_titles.entity_key
)

select * from final
