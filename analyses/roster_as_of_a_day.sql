-- Question: who was on the roster at the end of a day, as we knew it then?
-- Reading: one row per person, with the record that held at the end of the day (UTC) that the var
-- as_of_date names, or now where it is empty:
--     dbt show --select roster_as_of_a_day --limit 1000 --vars '{as_of_date: 2025-03-31}'
-- A state begins when its load was landed, not on a day that the row names, so a day before the
-- first load has no rows. is_valid false: the row was in quarantine. dbt_valid_to null: the state
-- still holds. The query reads the restricted database. Persons appear by id only, and dbt show
-- leaves the title out too (column left_out). For plans, use plans_history and its columns.
with

history as (
    select * from {{ ref('employees_history') }}
),

final as (
    select
        person_id,
        company_ein,
        start_date,
        is_valid,
        dbt_valid_from,
        dbt_valid_to,
        title,
        company_ein_source,
        load_id
    from history
    where
        dbt_is_deleted = 'False'
        {% if var('as_of_date') -%}
        and dbt_valid_from < date '{{ var('as_of_date') }}' + interval 1 day
        and coalesce(dbt_valid_to, 'infinity') >= date '{{ var('as_of_date') }}' + interval 1 day
        {%- else -%}
        and dbt_valid_to is null
        {%- endif %}
)

select * from final
order by company_ein asc, person_id asc
