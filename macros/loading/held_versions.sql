{% macro held_versions(feed_name, rows) -%}
    {#- The CTE `held_versions`: the rows of a feed once for each span of deliveries that held them,
        with the place of its first delivery and delivered_on, the day of that. -#}
    {%- set feed = feed_of(feed_name) -%}
    {%- set is_snapshot = feed.mode == "snapshot" -%}
    {%- set held = "landing_states" if is_snapshot else "landing_files" -%}
held_versions as (
    select
        landed.*,
        {{ "held.first_place" if is_snapshot else "held.place" }} as place,
        coalesce(held.delivered_on, landed.loaded_at::date) as delivered_on
    from {{ rows }} as landed
    left join {{ source('landing', held) }} as held
        on
            landed.file_id = held.file_id
            {{ "and landed.source_row = held.source_row" if is_snapshot }}
)
{%- endmacro %}
