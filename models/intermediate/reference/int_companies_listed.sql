-- One row per company of the seed, its number cleaned; a company listed twice counts once.
with

companies as (
    select
        {{ clean_ein(clean_text('company_ein')) }} as company_ein,
        {{ clean_name('company_name') }} as company_name,
        {{ clean_integer(clean_text('expected_employees')) }} as expected_employees
    from {{ ref('companies') }}
),

final as (
    select
        company_ein,
        min(company_name) as company_name,
        max(expected_employees) as expected_employees
    from companies
    where company_ein is not null
    group by company_ein
)

select * from final
