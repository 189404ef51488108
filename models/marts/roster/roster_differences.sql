-- Persons of the two systems compared by e-mail; who has left, as the HR roster says, is no longer
-- on it. An address that several people share is reported
-- as such and never joined, so nobody is counted twice.
with

persons as (
    select
        person_id,
        email,
        company_ein,
        {{ name_words('full_name') }} as compared_name,
        count(*) over (partition by email) as sharing
    from {{ ref('int_employees_observed') }}
    where is_valid and not has_left and version_rank = 1
),

holders as (
    select
        account_holders.employee_id,
        account_holders.email,
        account_holders.is_terminated,
        domains.company_ein,
        {{ name_words("concat_ws(' ', account_holders.first_name, account_holders.last_name)") }}
            as compared_name,
        count(*) over (partition by account_holders.email) as sharing
    from {{ ref('int_account_holders_judged') }} as account_holders
    left join {{ ref('int_domains_resolved') }} as domains
        on split_part(account_holders.email, '@', 2) = domains.email_domain
    where
        account_holders.is_valid
        and not account_holders.is_deleted
        and account_holders.version_rank = 1
),

ambiguous as (
    select email from persons
    where email is not null and sharing > 1
    union
    select email from holders
    where email is not null and sharing > 1
),

distinct_persons as (
    select * from persons
    where email is null or email not in (select ambiguous.email from ambiguous)
),

distinct_holders as (
    select * from holders
    where email is null or email not in (select ambiguous.email from ambiguous)
),

paired as (
    select
        persons.person_id,
        holders.employee_id,
        coalesce(persons.company_ein, holders.company_ein) as company_ein,
        persons.person_id is null as is_missing_person,
        holders.employee_id is null as is_missing_holder,
        holders.is_terminated,
        persons.compared_name <> holders.compared_name as has_other_name,
        persons.company_ein <> holders.company_ein as has_other_company
    from distinct_persons as persons
    full join distinct_holders as holders
        on persons.email = holders.email
),

compared as (
    select
        company_ein,
        person_id,
        employee_id,
        unnest([
            case when is_missing_person then 'missing_in_benefits_admin' end,
            case when is_missing_holder then 'missing_in_spend_accounts' end,
            case when is_terminated and not is_missing_person then 'terminated_on_roster' end,
            case when has_other_name then 'name_differs' end,
            case when has_other_company then 'company_differs' end
        ]) as difference_type
    from paired
),

shared as (
    select
        company_ein,
        person_id,
        null as employee_id,
        email
    from persons
    where email in (select ambiguous.email from ambiguous)
    union all
    select
        company_ein,
        null as person_id,
        employee_id,
        email
    from holders
    where email in (select ambiguous.email from ambiguous)
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
        difference_type
    from compared
    where difference_type is not null
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
