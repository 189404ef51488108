-- What deliveries brought beyond or short of the contract, and columns that stopped parsing. A name
-- that was added is in the ledger as it may be shown (python/benefits_warehouse/privacy/names.py).
with

ledger as (
    select * from {{ ref('landing_ledger') }}
),

added as (
    select
        source,
        feed,
        loaded_at,
        run_id,
        'info' as severity,
        'added' as drift,
        added_name as column_name
    from ledger
    cross join unnest(added_columns) as added_columns (added_name)
    where status = 'loaded' and rows > rejected
),

absent as (
    select
        source,
        feed,
        file_id,
        loaded_at,
        run_id,
        status,
        unnest(missing_columns) as column_name
    from ledger
),

-- An optional column that was never delivered is no drift; one that stopped coming is.
missing as (
    select
        source,
        feed,
        loaded_at,
        run_id,
        case when status = 'refused' then 'error' else 'warn' end as severity,
        'missing' as drift,
        column_name
    from absent
    where
        status = 'refused'
        or exists (
            select 1
            from ledger
            where
                ledger.source = absent.source
                and ledger.feed = absent.feed
                and ledger.file_id < absent.file_id
                and ledger.status = 'loaded'
                and not list_contains(ledger.missing_columns, absent.column_name)
        )
),

-- Of the newest load, so that a long good past does not hide it. The log remembers the first time.
retyped as (
    select
        source,
        feed,
        recorded_at as loaded_at,
        run_id,
        'warn' as severity,
        'retyped' as drift,
        subject as column_name
    from {{ ref('quality_trends') }}
    where measure = 'newest_unparseable_rate' and value > {{ var('retyped_min_share') }}
),

final as (
    select * from added
    union all by name
    select * from missing
    union all by name
    select * from retyped
)

select
    source,
    feed,
    column_name,
    drift,
    arg_min(severity, loaded_at) as severity,
    min(loaded_at) as detected_at,
    arg_min(run_id, loaded_at) as run_id
from final
group by source, feed, column_name, drift
