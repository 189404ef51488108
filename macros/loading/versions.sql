{% macro versions(feed_name, rows, keep_conflicts=false) -%}
{#-
    The CTEs that end in `versioned`: every row of `rows` with is_current, true for the version of
    its key that counts. That is the newest last_updated (null is oldest), equal ones by the last
    delivery that held them, equal ones by content hash. A row with a null in its key is a key of
    its own.

    Only keys that occur more than once are sorted: most never do, and a window over everything
    costs more than all the rest of the work.

    The order of deliveries is that of their names (landing_files, landing_states), whenever they
    were loaded. A key whose contents were all deleted is_deleted, since departed_on. Of feeds that
    are not endless, held_on is the day of the last delivery that held the row.

    Where senders that still hold a key differ in its content, the newest version of each is
    current, marked has_other_senders.

    keep_conflicts: rows of one file that contradict each other (one key, several contents, no
    last_updated) are all current, marked has_conflicting_contents; version_rank 1 is the one that
    counts, or all of them if keep_conflicts is `all`.

    Rows of senders that send bookings (claims_are: movements) count as macro bookings says. Over
    the rows of version_rank 1, version_count adds up to all rows of the key.
-#}
{%- set feed, booking = feed_of(feed_name), is_booking(feed_name) -%}
{%- set is_snapshot = feed.mode == "snapshot" -%}
{%- set has_equals = keep_conflicts == "all" or booking != "false" -%}
{{ deliveries_of(feed) }},

repeated as (
    select hash(entity_key) as key_hash
    from {{ rows }}
    group by hash(entity_key)
    having count(*) > 1
),

several as (
    select
        landed.row_id,
        landed.entity_key,
        landed.file_id,
        landed.sender,
        landed.loaded_at,
        landed.last_updated,
        landed.content_hash,
        deliveries.delivery_order,
        deliveries.first_place,
        deliveries.gone_on,
        coalesce(deliveries.is_deleted, false) as is_content_deleted,
        {{ booking }} as is_booking
    from {{ rows }} as landed
    left join deliveries
        on
            landed.file_id = deliveries.file_id
            {{ "and landed.source_row = deliveries.source_row" if is_snapshot }}
    where hash(landed.entity_key) in (select repeated.key_hash from repeated)
),

held as (
    select
        *,
        bool_or(not is_content_deleted) over (partition by entity_key, sender) as is_sender_holding
    from several
),

compared as (
    select
        held.*,
        min(loaded_at) over (partition by entity_key, content_hash) as first_seen_at,
        count(*) over (partition by entity_key, is_booking) as version_count,
        bool_and(is_content_deleted) over (partition by entity_key) as is_deleted,
        max(gone_on) over (partition by entity_key) as last_gone_on,
        row_number() over newest_first as version_rank,
        row_number() over newest_of_sender as sender_rank,
        first_value(last_updated) over newest_first as newest_last_updated,
        {% if is_snapshot -%}
        -- Held by the last delivery that held the version that counts.
        first_place <= first_value(delivery_order) over newest_first
        and delivery_order >= first_value(delivery_order) over newest_first
        {%- else -%}
        file_id = first_value(file_id) over newest_first
        {%- endif %} as is_in_newest_file
    from held
    window
        newest_first as (
            partition by entity_key, is_booking
            order by
                is_sender_holding desc, last_updated desc nulls last, delivery_order desc,
                content_hash desc, row_id asc
        ),
        newest_of_sender as (
            partition by entity_key, sender
            order by
                last_updated desc nulls last, delivery_order desc, content_hash desc, row_id asc
        )
),

neighbours as (
    select
        compared.*,
        is_in_newest_file
        and not is_booking
        and min(content_hash) over same_file <> max(content_hash) over same_file
            as has_other_contents,
        min(content_hash) filter (where sender_rank = 1 and is_sender_holding) over same_key
        <> max(content_hash) filter (where sender_rank = 1 and is_sender_holding) over same_key
        and (sender_rank = 1 or is_booking)
        and is_sender_holding as has_other_senders,
        row_number() over (
            partition by entity_key, is_booking, is_in_newest_file, content_hash
            order by row_id
        ) as repeat_rank
    from compared
    window
        same_file as (partition by entity_key, is_booking, is_in_newest_file),
        same_key as (partition by entity_key)
),

contradicting as (
    select
        *,
        (
            {{ "true" if keep_conflicts else "false" }}
            and has_other_contents
            and newest_last_updated is null
            and repeat_rank = 1
        ) as has_conflicting_contents
    from neighbours
),

{% if has_equals -%}
{{ equals(keep_conflicts) }},
{%- else -%}
choices as (
    select * from contradicting
),
{%- endif %}

versioned as (
    select
        landed.*,
        coalesce(choices.first_seen_at, landed.loaded_at) as first_seen_at,
        coalesce(choices.version_count, 1) as version_count,
        coalesce(choices.version_rank, 1) as version_rank,
        choices.delivery_order,
        coalesce(
            choices.version_rank = 1
            or choices.has_conflicting_contents
            or choices.has_other_senders,
            true
        ) as is_current,
        {% if is_snapshot or not feed.is_endless -%}
        coalesce(choices.is_deleted, deliveries.is_deleted, false) as is_deleted,
        coalesce(deliveries.held_on, landed.loaded_at::date) as held_on,
        case
            when coalesce(choices.is_deleted, deliveries.is_deleted)
                then coalesce(choices.last_gone_on, deliveries.gone_on)
        end as departed_on,
        {%- else -%}
        coalesce(choices.is_deleted, false) as is_deleted,
        {%- endif %}
        coalesce(choices.has_other_contents, false) as has_other_contents,
        coalesce(choices.has_other_senders, false) as has_other_senders,
        coalesce(choices.has_conflicting_contents, false) as has_conflicting_contents
    from {{ rows }} as landed
    left join choices
        on landed.row_id = choices.row_id
    {%- if is_snapshot or not feed.is_endless %}
    left join deliveries
        on
            landed.file_id = deliveries.file_id
            {{ "and landed.source_row = deliveries.source_row" if is_snapshot }}
    {%- endif %}
)
{%- endmacro %}
