-- depends_on: {{ ref('landing_ledger') }}
-- The watermark of a feed is its newest load, not the newest event: late rows are never missed. The
-- version that counts has its key's newest last_updated, so current rows tell the newest of all.
with

files as (
    select
        source,
        feed,
        max(load_id) as last_load_id,
        max(loaded_at) as last_loaded_at
    from {{ source('landing', 'landing_files') }}
    where load_id is not null and not is_withdrawn
    group by source, feed
),

judged as (
    {% for feed in feeds().values() %}
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        max(last_updated) as max_last_updated,
        coalesce(sum(version_count) filter (where version_rank = 1), 0) as rows_total
    from {{ ref(feed.judged) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    judged.source,
    judged.feed,
    files.last_load_id,
    files.last_loaded_at,
    judged.max_last_updated,
    judged.rows_total::bigint as rows_total
from judged
left join files
    on
        judged.source = files.source
        and judged.feed = files.feed
