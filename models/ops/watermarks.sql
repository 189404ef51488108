-- The watermark of a feed is its newest load, not the newest event: late rows are never missed.
with

ledger as (
    select
        source,
        feed,
        max(load_id) as last_load_id,
        max(loaded_at) as last_loaded_at
    from {{ ref('landing_ledger') }}
    where status = 'loaded'
    group by source, feed
),

staged as (
    {% for feed in feeds().values() %}
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        max(last_updated) as max_last_updated,
        count(*) as rows_total
    from {{ ref(feed.staged) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    staged.source,
    staged.feed,
    ledger.last_load_id,
    ledger.last_loaded_at,
    staged.max_last_updated,
    staged.rows_total::bigint as rows_total
from staged
left join ledger
    on
        staged.source = ledger.source
        and staged.feed = ledger.feed
