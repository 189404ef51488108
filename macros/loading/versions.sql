{% macro versions(feed_name, rows, landed, keep_conflicts=false) -%}
{#-
    The CTEs that end in `versioned`: every row of `rows` with is_current, true for the version of
    its key that counts. That is the newest last_updated (null is oldest), equal ones by delivery,
    equal ones by content hash. A row with a null in its key is a key of its own.

    Only keys that occur more than once are sorted: most never do, and a window over everything
    costs more than all the rest of the work.

    In a snapshot feed unchanged rows are not landed again, so "delivery" is the last one that held
    the content: `departed` says when a later delivery no longer did. A key whose contents were all
    deleted is_deleted.

    keep_conflicts: rows of one file that contradict each other (one key, several contents, no
    last_updated) are all current, marked has_conflicting_contents; version_rank 1 is the one that
    counts.
-#}
{%- set is_snapshot = feed_of(feed_name).mode == "snapshot" -%}
{% if is_snapshot -%}
departed as (
    select
        held.file_id,
        held.source_row,
        min(gone.load_id) as load_id,
        bool_or(gone.change = 'deleted') as is_deleted
    from {{ landed }} as held
    inner join {{ landed }} as gone
        on
            held.content_hash = gone.content_hash
            and held.load_id < gone.load_id
    where held.change = 'upsert' and gone.change <> 'upsert'
    group by held.file_id, held.source_row
),

{% endif -%}
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
        landed.load_id,
        landed.loaded_at,
        landed.last_updated,
        landed.content_hash,
        {% if is_snapshot -%}
        coalesce(departed.is_deleted, false) as is_content_deleted,
        coalesce(departed.load_id, 9223372036854775807) as delivery_order
        {%- else -%}
        false as is_content_deleted,
        landed.load_id as delivery_order
        {%- endif %}
    from {{ rows }} as landed
    {% if is_snapshot -%}
    left join departed
        on
            landed.file_id = departed.file_id
            and landed.source_row = departed.source_row
    {% endif -%}
    where hash(landed.entity_key) in (select repeated.key_hash from repeated)
),

compared as (
    select
        several.*,
        min(loaded_at) over (partition by entity_key, content_hash) as first_seen_at,
        count(*) over (partition by entity_key) as version_count,
        bool_and(is_content_deleted) over (partition by entity_key) as is_deleted,
        row_number() over newest_first as version_rank,
        first_value(last_updated) over newest_first as newest_last_updated,
        {% if is_snapshot -%}
        -- Held by the last delivery that held the version that counts.
        load_id < first_value(delivery_order) over newest_first
        and delivery_order >= first_value(delivery_order) over newest_first
        {%- else -%}
        file_id = first_value(file_id) over newest_first
        {%- endif %} as is_in_newest_file
    from several
    window newest_first as (
        partition by entity_key
        order by last_updated desc nulls last, delivery_order desc, content_hash desc, row_id asc
    )
),

neighbours as (
    select
        compared.*,
        is_in_newest_file
        and min(content_hash) over same_file <> max(content_hash) over same_file
            as has_other_contents,
        row_number() over (
            partition by entity_key, is_in_newest_file, content_hash
            order by row_id
        ) as repeat_rank
    from compared
    window same_file as (partition by entity_key, is_in_newest_file)
),

choices as (
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

versioned as (
    select
        landed.*,
        coalesce(choices.first_seen_at, landed.loaded_at) as first_seen_at,
        coalesce(choices.version_count, 1) as version_count,
        coalesce(choices.version_rank, 1) as version_rank,
        coalesce(choices.version_rank = 1 or choices.has_conflicting_contents, true) as is_current,
        coalesce(
            choices.is_deleted, {{ "departed.is_deleted, " if is_snapshot }}false
        ) as is_deleted,
        coalesce(choices.has_other_contents, false) as has_other_contents,
        coalesce(choices.has_conflicting_contents, false) as has_conflicting_contents
    from {{ rows }} as landed
    left join choices
        on landed.row_id = choices.row_id
    {%- if is_snapshot %}
    left join departed
        on
            landed.file_id = departed.file_id
            and landed.source_row = departed.source_row
    {%- endif %}
)
{%- endmacro %}
