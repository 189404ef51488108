{{ config(materialized='table') }}

with

employees as (
    select * from {{ ref('int_employees_resolved') }}
),

companies as (
    select * from {{ ref('int_companies_listed') }}
),

statuses as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where source = 'benefits_admin' and feed = 'employees' and field = 'status'
),

facts as (
    select
        employees.* exclude (status),
        coalesce(statuses.value, employees.status) as status,
        nullif(employees.termination_date, date '9999-12-31') as terminated_on,
        companies.company_ein is not null as is_known_company
    from employees
    left join companies
        on employees.company_ein = companies.company_ein
    left join statuses
        on lower(employees.status) = statuses.caseless_value
),

{{ judge('benefits_admin.employees', 'facts', employees_rules()) }},

{{ masked_texts('benefits_admin.employees', 'judged') }}

select * exclude (fired_bits)
from masked
