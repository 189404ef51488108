-- Persons that the HR roster holds, and whether they have left: by their termination date, else by
-- their status, on as_of_date.
with

employees as (
    select * from {{ ref('int_employees_judged') }}
    where not is_deleted
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'benefits_admin'
),

final as (
    select
        employees.*,
        coalesce(
            employees.terminated_on <= coalesce(as_of.as_of_date, employees.held_on),
            lower(employees.status) = 'terminated',
            false
        ) as has_left
    from employees
    cross join as_of
)

select * from final
