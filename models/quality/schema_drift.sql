-- What deliveries brought beyond or short of the contract, and columns that stopped parsing. A name
-- that was added is in the ledger as it may be shown (python/benefits_warehouse/privacy/names.py),
-- but who is known by it, may be known later only.
with

ledger as (
    select * from {{ ref('landing_ledger') }}
),

added_names as (
    select *
    from ledger
    cross join unnest(added_columns) as added_columns (added_name)
    where status = 'loaded' and rows > rejected
),

headers as (
    select distinct added_name as text from added_names
),

{{ texts_naming('headers', ref('int_persons_named')) }},

added as (
    select
        source,
        feed,
        loaded_at,
        run_id,
        'info' as severity,
        'added' as drift,
        case
            when
                {{ var('pii_masking_enabled') }}
                and added_name in (select naming_texts.text from naming_texts)
                then '****'
            else added_name
        end as column_name
    from added_names
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
    union all
    select * from missing
    union all
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
