-- What: the records of a key in a history (snapshot) follow each other without overlap, each with a
-- length and an id of its own, and at most one of them is open.
-- Why: dbt's snapshot keeps two open records, silently, for a key that its input holds twice; a
-- question as of a day would then count a person or a plan twice.
-- Resolve: int_employees_judged and int_plans_judged must hold one row per entity_key. A
-- history can't be built again: delete the records that are one too many while no run is on.
{{ config(severity='error') }}
with

records as (
    {% for name in ['employees_history', 'plans_history'] %}
    select
        '{{ name }}' as history,
        entity_key,
        dbt_scd_id,
        dbt_valid_from,
        dbt_valid_to
    from {{ ref(name) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select * from records
window
    records_of_key as (partition by history, entity_key order by dbt_valid_from),
    records_of_id as (partition by history, dbt_scd_id)
qualify
    dbt_valid_to <= dbt_valid_from
    or coalesce(dbt_valid_to, 'infinity') > lead(dbt_valid_from) over records_of_key
    or count(*) over records_of_id > 1
