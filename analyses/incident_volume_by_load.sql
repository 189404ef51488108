-- Question: did a feed grow, and do its new rows say anything new?
-- Reading: one row per load, newest first. times_usual compares its rows with the median of the
-- earlier loads of that feed. superseded_pct is the share of its rows that are no longer current:
-- they were delivered again, or a later version replaced them. If times_usual is far above 1 and
-- the feed's older loads have a superseded_pct near 100, the source changed from deltas to full
-- extracts. superseded_pct is null for a snapshot feed: an unchanged row stays with the load that
-- first brought it, and a snapshot that repeats the one before is not landed at all.
with

files as (
    select * from {{ ref('loaded_files') }}
    where status = 'loaded'
),

loads as (
    select
        source,
        feed,
        load_id,
        any_value(run_id) as run_id,
        min(loaded_at) as loaded_at,
        count(*) as files,
        sum(size) as bytes,
        sum(rows) as delivered_rows,
        sum(rejected) as rejected
    from files
    group by source, feed, load_id
),

valid_rows as (
    select
        load_id,
        count(*) as valid_rows
    from {{ ref('fct_claims') }}
    group by load_id
    union all
    select
        load_id,
        count(*) as valid_rows
    from {{ ref('fct_transactions') }}
    group by load_id
),

withheld_rows as (
    select
        files.load_id,
        count(*) as withheld_rows
    from (
        select
            'claims' as feed,
            run_id,
            source_file
        from {{ ref('quarantine_claims') }}
        union all
        select
            'transactions' as feed,
            run_id,
            source_file
        from {{ ref('quarantine_transactions') }}
    ) as quarantined
    inner join files
        on
            quarantined.run_id = files.run_id
            and quarantined.source_file = files.file
            and quarantined.feed = files.feed
    group by files.load_id
),

compared as (
    select
        loads.*,
        coalesce(valid_rows.valid_rows, 0) + coalesce(withheld_rows.withheld_rows, 0)
            as still_current,
        median(loads.delivered_rows) over (
            partition by loads.source, loads.feed order by loads.load_id
            rows between unbounded preceding and 1 preceding
        ) as usual_rows,
        sum(loads.delivered_rows) over (
            partition by loads.source, loads.feed order by loads.load_id
        ) as rows_ever
    from loads
    left join valid_rows
        on loads.load_id = valid_rows.load_id
    left join withheld_rows
        on loads.load_id = withheld_rows.load_id
),

final as (
    select
        *,
        round(delivered_rows / nullif(usual_rows, 0), 2) as times_usual,
        case
            when feed in ('claims', 'transactions')
                then round(100 * (1 - still_current / nullif(delivered_rows - rejected, 0)), 1)
        end as superseded_pct
    from compared
)

select
    source,
    feed,
    date_trunc('second', loaded_at) as loaded_at,
    delivered_rows,
    times_usual,
    superseded_pct,
    rejected,
    rows_ever,
    files,
    bytes,
    load_id,
    run_id
from final
order by load_id desc
