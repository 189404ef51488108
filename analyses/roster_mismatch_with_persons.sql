-- Question: whose roster is off, by how much, and which persons should we ask about?
-- Reading: one row per company and kind of person-level difference, the worst companies first.
-- expected and observed compare counts: expected_employees of the seed companies, and the valid
-- persons on the roster. The columns from difference_type on compare the persons of the two
-- systems by e-mail. If a company is "under" and has quarantined rows, fix those rows first.
-- UNMAPPED are persons without a company. person_ids and employee_ids show at most ten each;
-- marts.roster_differences has all.
with

mismatch as (
    select * from {{ ref('roster_mismatch') }}
),

differences as (
    select
        coalesce(company_ein, 'UNMAPPED') as company_ein,
        difference_type,
        count(*) as differences,
        list_sort(list(distinct person_id) filter (where person_id is not null))[1:10]
            as person_ids,
        list_sort(list(distinct employee_id) filter (where employee_id is not null))[1:10]
            as employee_ids
    from {{ ref('roster_differences') }}
    group by coalesce(company_ein, 'UNMAPPED'), difference_type
),

final as (
    select
        coalesce(mismatch.company_ein, differences.company_ein) as listed_under,
        mismatch.*,
        differences.difference_type,
        differences.differences,
        differences.person_ids,
        differences.employee_ids,
        case mismatch.severity
            when 'Critical' then 1
            when 'High' then 2
            when 'Medium' then 3
            when 'Low' then 4
            else 5
        end as severity_rank
    from mismatch
    full join differences
        on mismatch.company_ein = differences.company_ein
)

select
    company_name,
    severity,
    expected,
    observed,
    difference_type,
    differences,
    person_ids,
    employee_ids,
    direction,
    difference,
    pct_diff,
    quarantined,
    listed_under as company_ein
from final
order by severity_rank asc, abs(difference) desc, listed_under asc, difference_type asc
