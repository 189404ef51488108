{% macro deliveries_of(feed) -%}
    {#- The CTEs that end in `deliveries`: where the rows of a file, or in a snapshot feed a row,
        stand in the order of deliveries (first_place, delivery_order), until when they were held
        (held_on), and since when they are gone (is_deleted, gone_on). -#}
files as (
    select * from {{ source('landing', 'landing_files') }}
    where source = '{{ feed.source }}' and feed = '{{ feed.feed }}'
),

{% if feed.mode == "snapshot" -%}
days as (
    select
        delivery_id,
        max(delivered_on) as delivered_on
    from files
    group by delivery_id
),

deliveries as (
    select
        states.file_id,
        states.source_row,
        states.first_place,
        states.last_place as delivery_order,
        states.is_deleted,
        held.delivered_on as held_on,
        gone.delivered_on as gone_on
    from {{ source('landing', 'landing_states') }} as states
    left join days as held
        on states.last_delivery = held.delivery_id
    left join days as gone
        on states.deleted_by = gone.delivery_id
    where
        states.source = '{{ feed.source }}' and states.feed = '{{ feed.feed }}'
        and states.is_latest
)
{%- else -%}
deliveries as (
    select
        file_id,
        null as first_place,
        place as delivery_order,
        false as is_deleted,
        delivered_on as held_on,
        null::date as gone_on
    from files
)
{%- endif %}
{%- endmacro %}
