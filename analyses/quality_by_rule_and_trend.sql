-- Question: which rules fire, on how much of the data, and is it getting better or worse?
-- Reading: one row per rule that fires and run that delivered some of its rows. Rules that withhold
-- rows (tier 2) come first, then the lowest pass rate. rows_failed_now and pass_rate_pct are about
-- all current rows of the feed. rows_failed_of_run counts the rows of that run that fail now (a
-- row that was fixed since no longer counts), and failed_pct is their share of what the run
-- delivered. A failed_pct that climbs from run to run is a source that gets worse. One that jumps
-- in a single run is a bad delivery. An unchanged row of a snapshot belongs to the run that first
-- brought it.
with

scorecard as (
    select * from {{ ref('dq_scorecard') }}
),

errors as (
    select * from {{ ref('validation_errors') }}
),

files as (
    select * from {{ ref('loaded_files') }}
    where status = 'loaded'
),

runs as (
    select
        run_id,
        source,
        feed,
        min(loaded_at) as loaded_at,
        sum(rows) as rows_delivered
    from files
    group by run_id, source, feed
),

failed as (
    select
        source,
        feed,
        error_reason,
        run_id,
        count(*) as rows_failed
    from errors
    group by source, feed, error_reason, run_id
),

final as (
    select
        scorecard.*,
        failed.rows_failed as rows_failed_of_run,
        runs.loaded_at,
        runs.rows_delivered,
        round(100 * failed.rows_failed / nullif(runs.rows_delivered, 0), 2) as failed_pct,
        lag(failed_pct) over (
            partition by scorecard.source, scorecard.feed, scorecard.rule_id order by runs.loaded_at
        ) as failed_pct_before
    from scorecard
    inner join failed
        on
            scorecard.source = failed.source
            and scorecard.feed = failed.feed
            and scorecard.rule_id = failed.error_reason
    inner join runs
        on
            failed.run_id = runs.run_id
            and failed.source = runs.source
            and failed.feed = runs.feed
)

select
    rule_id,
    source,
    feed,
    rows_failed as rows_failed_now,
    failed_pct,
    failed_pct_before,
    tier,
    round(100 * pass_rate, 2) as pass_rate_pct,
    rows_failed_of_run,
    rows_delivered,
    loaded_at,
    description
from final
order by tier desc, pass_rate asc, source asc, feed asc, rule_id asc, loaded_at desc
