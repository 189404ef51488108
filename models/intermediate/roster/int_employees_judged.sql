{{ config(materialized='table') }}

with

employees as (
    select * from {{ ref('int_employees_resolved') }}
),

companies as (
    select * from {{ ref('int_companies_listed') }}
),

facts as (
    select
        employees.*,
        companies.company_ein is not null as is_known_company
    from employees
    left join companies
        on employees.company_ein = companies.company_ein
),

{{ judge('benefits_admin.employees', 'facts', employees_rules()) }}

select * exclude (fired_bits) {{ masked_texts('benefits_admin.employees') }}
from judged
