-- Where every record of every accepted file ended. Each column is counted at its own place, so a
-- row that is lost or doubled on the way shows as a difference.
with

ledger as (
    select
        source,
        feed,
        sum(rows) as file_rows,
        sum(rejected) as lines_rejected
    from {{ ref('landing_ledger') }}
    where status = 'loaded'
    group by source, feed
),

staged as (
    {% for feed in feeds().values() %}
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        '{{ feed.mode }}' as mode,
        count(*) as version_rows,
        count(distinct entity_key) as keys
    from {{ ref(feed.staged) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

assessed as (
    {% for feed in feeds().values() %}
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        count(*) filter (where version_rank > 1) as contradictions,
        count(*) filter (where is_deleted) as rows_deleted,
        count(*) filter (where is_valid and not is_deleted) as rows_valid
    from {{ ref(feed.assessed) }}
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
        staged.*,
        staged.version_rows - staged.keys - assessed.contradictions as rows_superseded,
        assessed.rows_deleted,
        assessed.rows_valid,
        quarantined.rows_quarantined
    from staged
    inner join assessed
        on
            staged.source = assessed.source
            and staged.feed = assessed.feed
    inner join quarantined
        on
            staged.source = quarantined.source
            and staged.feed = quarantined.feed
),

final as (
    select
        counted.*,
        coalesce(ledger.lines_rejected, 0) as lines_rejected,
        -- An unchanged row of a snapshot is not landed again: its versions are what counts.
        case
            when counted.mode = 'snapshot'
                then counted.version_rows + coalesce(ledger.lines_rejected, 0)
            else coalesce(ledger.file_rows, 0)
        end as rows_landed
    from counted
    left join ledger
        on
            counted.source = ledger.source
            and counted.feed = ledger.feed
)

select
    source,
    feed,
    rows_landed::bigint as rows_landed,
    rows_superseded::bigint as rows_superseded,
    rows_deleted::bigint as rows_deleted,
    rows_valid::bigint as rows_valid,
    rows_quarantined::bigint as rows_quarantined,
    lines_rejected::bigint as lines_rejected,
    (
        rows_landed - rows_superseded - rows_deleted
        - rows_valid - rows_quarantined - lines_rejected
    )::bigint as difference
from final
