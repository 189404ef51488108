-- One row per e-mail domain that stands for exactly one company; a domain of two proves nothing.
with

lookup as (
    select
        lower({{ clean_text('email_domain') }}) as email_domain,
        {{ clean_ein(clean_text('company_ein')) }} as company_ein
    from {{ ref('company_lookup') }}
),

final as (
    select
        email_domain,
        max(company_ein) as company_ein
    from lookup
    where email_domain is not null and company_ein is not null
    group by email_domain
    having count(distinct company_ein) = 1
)

select * from final
