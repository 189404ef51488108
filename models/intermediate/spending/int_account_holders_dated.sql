-- One row per account holder with the day of termination: the one delivered, else the day of the
-- delivery that first shows it. Null where history begins with it: it has always been so.
with

{{ held_versions('spend_accounts.employees', ref('stg_spend_accounts__employees')) }},

statuses as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where source = 'spend_accounts' and feed = 'employees' and field = 'status'
),

holders as (
    select * from held_versions
    where employee_id is not null
),

versions as (
    select
        holders.entity_key,
        nullif(holders.termination_date, date '9999-12-31') as termination_date,
        coalesce(
            lower(coalesce(statuses.value, holders.status)) = 'terminated', false
        ) as is_terminated,
        coalesce(holders.last_updated::date, holders.delivered_on) as known_on,
        row_number() over (
            partition by holders.entity_key
            order by
                holders.last_updated asc nulls first,
                holders.place asc,
                holders.content_hash asc
        ) as version_number
    from holders
    left join statuses
        on lower(holders.status) = statuses.caseless_value
),

last_active as (
    select
        entity_key,
        coalesce(max(version_number) filter (where not is_terminated), 0) as version_number
    from versions
    group by entity_key
),

final as (
    select
        versions.entity_key,
        coalesce(
            arg_max(versions.termination_date, versions.version_number),
            case
                when min(last_active.version_number) > 0
                    then arg_min(versions.known_on, versions.version_number)
            end
        ) as terminated_on
    from versions
    inner join last_active
        on versions.entity_key = last_active.entity_key
    where versions.version_number > last_active.version_number
    group by versions.entity_key
)

select * from final
