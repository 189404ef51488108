-- Persons of the two systems compared by e-mail. An address that several people share is reported as such
-- and never joined, so nobody is counted twice.
with

persons as (
    select
        person_id,
        email,
        company_ein,
        lower(full_name) as compared_name,
        count(*) over (partition by email) as sharing
    from {{ ref('int_employees_assessed') }}
    where is_valid and not is_deleted and version_rank = 1
),

holders as (
    select
        account_holders.employee_id,
        account_holders.email,
        account_holders.is_terminated,
        domains.company_ein,
        lower(account_holders.first_name || ' ' || account_holders.last_name) as compared_name,
        count(*) over (partition by account_holders.email) as sharing
    from {{ ref('int_account_holders_assessed') }} as account_holders
    left join {{ ref('int_domains_resolved') }} as domains
        on split_part(account_holders.email, '@', 2) = domains.email_domain
    where account_holders.is_valid and not is_deleted and version_rank = 1
),

ambiguous as (
    select email from persons
    where email is not null and sharing > 1
    union
    select email from holders
    where email is not null and sharing > 1
),

paired as (
    select
        persons.person_id,
        holders.employee_id,
        coalesce(persons.company_ein, holders.company_ein) as company_ein,
        case
            when persons.person_id is null then ['missing_in_benefits_admin']
            when holders.employee_id is null then ['missing_in_spend_accounts']
            else list_filter([
                case when holders.is_terminated then 'terminated_on_roster' end,
                case when persons.compared_name <> holders.compared_name then 'name_differs' end,
                case when persons.company_ein <> holders.company_ein then 'company_differs' end
            ], lambda difference: difference is not null)
        end as differences
    from (from persons where email is null or email not in (from ambiguous)) as persons
    full join (from holders where email is null or email not in (from ambiguous)) as holders
        on persons.email = holders.email
),

shared as (
    select person_id, null as employee_id, company_ein, email from persons
    where email in (from ambiguous)
    union all
    select null as person_id, employee_id, company_ein, email from holders
    where email in (from ambiguous)
),

final as (
    select
        company_ein,
        case
            when employee_id is null then 'benefits_admin_only'
            when person_id is null then 'spend_accounts_only'
            else 'both'
        end as side,
        person_id,
        employee_id,
        unnest(differences) as difference_type
    from paired
    union all
    select
        company_ein,
        case
            when count(person_id) over (partition by email) = 0 then 'spend_accounts_only'
            when count(employee_id) over (partition by email) = 0 then 'benefits_admin_only'
            else 'both'
        end as side,
        person_id,
        employee_id,
        'ambiguous_email' as difference_type
    from shared
)

select
    company_ein,
    side,
    person_id,
    employee_id,
    difference_type
from final
