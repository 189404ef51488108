-- Columns that came, went or changed their type; open while the newest file of the feed that was
-- loaded, or refused and is still there, has it so.
with

drift as (
    select * from {{ ref('schema_drift') }}
),

refused as (
    {{ refused_files(ref('landing_ledger'), source('landing', 'landing_seen')) }}
),

newest as (
    select
        source,
        feed,
        arg_max(added_columns, file_id) as added_columns,
        arg_max(missing_columns, file_id) as missing_columns
    from {{ ref('landing_ledger') }}
    where
        status = 'loaded'
        or file_id in (
            select refused.file_id from refused
        )
    group by source, feed
)

select
    concat_ws('|', drift.source, drift.feed, drift.drift, drift.column_name) as natural_key,
    false as is_event,
    case drift.drift
        when 'added'
            then
                list_contains(newest.added_columns, drift.column_name)
                or (drift.column_name = '****' and len(newest.added_columns) > 0)
        when 'missing' then list_contains(newest.missing_columns, drift.column_name)
        else true
    end as is_open,
    null as company_ein,
    concat_ws(' ', drift.source || '.' || drift.feed, drift.column_name) as subject,
    format(
        'the column {} of {}.{} {}.', drift.column_name, drift.source, drift.feed,
        case drift.drift
            when 'added' then 'is new and not loaded'
            when 'missing' then 'no longer comes'
            else 'can mostly not be read any more'
        end
    ) as summary,
    case drift.severity when 'error' then 3 when 'warn' then 2 else 1 end as measured,
    null as money_at_stake,
    null::date as period_start,
    null::date as period_end,
    'quality.schema_drift' as evidence_relation,
    {{ evidence_filter({
        'source': 'drift.source', 'feed': 'drift.feed', 'column_name': 'drift.column_name',
        'drift': 'drift.drift',
    }) }} as evidence_filter,
    []::varchar[] as subject_ids
from drift
inner join newest
    on
        drift.source = newest.source
        and drift.feed = newest.feed
