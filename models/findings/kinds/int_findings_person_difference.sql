-- Persons on one side only, or different on both; the ids are in the subject, never in the summary.
with

differences as (
    select * from {{ ref('roster_differences') }}
)

select
    concat_ws('|', difference_type, coalesce(person_id, ''), coalesce(employee_id, ''))
        as natural_key,
    false as is_event,
    true as is_open,
    company_ein,
    concat_ws(' and ', 'person ' || person_id, 'account holder ' || employee_id) as subject,
    case difference_type
        when 'missing_in_spend_accounts' then 'a person on the HR roster has no spending account.'
        when 'missing_in_benefits_admin' then 'an account holder is not on the HR roster.'
        when 'terminated_on_roster' then 'an account holder left, and is still on the HR roster.'
        when 'name_differs' then 'a person has one name on the roster and another on the account.'
        when 'company_differs' then 'roster and e-mail domain name two companies for one person.'
        when 'ambiguous_email' then 'several persons share the e-mail address of this one.'
    end as summary,
    1 as measured,
    null as money_at_stake,
    null::date as period_start,
    null::date as period_end,
    'marts.roster_differences' as evidence_relation,
    {{ evidence_filter({
        'difference_type': 'difference_type', 'person_id': 'person_id',
        'employee_id': 'employee_id',
    }) }} as evidence_filter,
    list_filter([person_id, employee_id], lambda id: id is not null) as subject_ids
from differences
