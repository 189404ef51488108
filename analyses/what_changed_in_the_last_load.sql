-- Question: what did the last run that brought files bring, and what became of it?
-- Reading: one row per file of that run. Files that were not loaded come first, then files with a
-- remark. rows_before counts the previous delivery of the same feed: several times as many rows, or
-- a small part of them, is a question to the sender. withheld and flagged count current rows of
-- this file. reason says why a file was refused, is a duplicate, or deletes nothing. runs_since is
-- the number of later runs, which brought nothing new.
with

files as (
    select * from {{ ref('loaded_files') }}
),

errors as (
    select * from {{ ref('validation_errors') }}
),

runs as (
    select * from {{ ref('run_history') }}
),

last_run as (
    select
        arg_max(run_id, loaded_at) as run_id,
        max(loaded_at) as loaded_at
    from files
),

runs_since as (
    select count(*) as runs_since
    from runs
    inner join last_run
        on runs.started_at > last_run.loaded_at
),

deliveries as (
    select
        source,
        feed,
        load_id,
        sum(rows) as delivery_rows,
        lag(delivery_rows) over (partition by source, feed order by load_id) as rows_before
    from files
    where status = 'loaded'
    group by source, feed, load_id
),

file_errors as (
    select
        run_id,
        source,
        feed,
        source_file,
        count(distinct row_id) filter (where tier = 2) as withheld,
        count(distinct row_id) filter (where tier = 1) as flagged
    from errors
    group by run_id, source, feed, source_file
),

final as (
    select
        files.*,
        files.rows as delivered_rows,
        deliveries.rows_before,
        coalesce(file_errors.withheld, 0) as withheld,
        coalesce(file_errors.flagged, 0) as flagged,
        runs_since.runs_since
    from files
    inner join last_run
        on files.run_id = last_run.run_id
    cross join runs_since
    left join deliveries
        on files.load_id = deliveries.load_id
    left join file_errors
        on
            files.run_id = file_errors.run_id
            and files.source = file_errors.source
            and files.feed = file_errors.feed
            and files.file = file_errors.source_file
)

select
    source,
    feed,
    status,
    delivered_rows,
    rows_before,
    withheld,
    flagged,
    rejected,
    reason,
    file,
    load_id,
    loaded_at,
    runs_since
from final
order by
    status = 'loaded' asc,
    reason is null asc,
    source asc,
    feed asc,
    loaded_at asc,
    file asc
