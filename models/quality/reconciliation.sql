-- Where every record of every accepted file ended. Each column is counted at its own place, so a
-- row that is lost or doubled on the way shows as a difference.
with

-- A row of a snapshot was landed once: it counts where a delivery that counts holds it.
ledger as (
    select
        ledger.source,
        ledger.feed,
        sum(ledger.landed) filter (where ledger.mode = 'delta') as delta_rows,
        sum(ledger.erased) as rows_erased,
        sum(ledger.rejected) as lines_rejected
    from {{ ref('landing_ledger') }} as ledger
    inner join {{ source('landing', 'landing_files') }} as files
        on ledger.file_id = files.file_id
    where ledger.status = 'loaded' and not files.is_withdrawn
    group by ledger.source, ledger.feed
),

states as (
    select
        source,
        feed,
        count(*) as snapshot_rows
    from {{ source('landing', 'landing_states') }}
    where is_latest
    group by source, feed
),

judged as (
    {% for feed in feeds().values() %}
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        coalesce(sum(version_count) filter (where version_rank = 1), 0) as version_rows,
        count(*) filter (where is_current) as current_rows,
        count(*) filter (where is_current and is_deleted) as rows_deleted_by_sender,
        count(*) filter (where is_valid and not is_deleted) as rows_valid
    from {{ ref(feed.judged) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

quarantined as (
    {% for feed in feeds().values() %}
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        count(*) as rows_quarantined
    from {{ ref('quarantine_' ~ feed.entity) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

counted as (
    select
        judged.*,
        judged.version_rows - judged.current_rows as rows_superseded,
        quarantined.rows_quarantined
    from judged
    inner join quarantined
        on
            judged.source = quarantined.source
            and judged.feed = quarantined.feed
),

final as (
    select
        counted.*,
        counted.rows_deleted_by_sender + coalesce(ledger.rows_erased, 0) as rows_deleted,
        coalesce(ledger.rows_erased, 0) as rows_erased,
        coalesce(ledger.lines_rejected, 0) as lines_rejected,
        coalesce(ledger.delta_rows, 0) + coalesce(states.snapshot_rows, 0)
        + coalesce(ledger.rows_erased, 0) + coalesce(ledger.lines_rejected, 0) as rows_landed
    from counted
    left join ledger
        on
            counted.source = ledger.source
            and counted.feed = ledger.feed
    left join states
        on
            counted.source = states.source
            and counted.feed = states.feed
)

select
    source,
    feed,
    rows_landed::bigint as rows_landed,
    rows_superseded::bigint as rows_superseded,
    rows_deleted::bigint as rows_deleted,
    rows_erased::bigint as rows_erased,
    rows_valid::bigint as rows_valid,
    rows_quarantined::bigint as rows_quarantined,
    lines_rejected::bigint as lines_rejected,
    (
        rows_landed - rows_superseded - rows_deleted
        - rows_valid - rows_quarantined - lines_rejected
    )::bigint as difference
from final
