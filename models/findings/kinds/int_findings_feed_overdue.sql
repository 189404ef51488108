-- Feeds that did not come for longer than var quality_gates allows, by the clock.
with

unusual as (
    {{ unusual_deliveries(ref('landing_ledger')) }}
),

overdue as (
    select * from unusual
    where gate = 'overdue_days_max'
)

select
    feed as natural_key,
    false as is_event,
    true as is_open,
    null as company_ein,
    feed as subject,
    format(
        'the feed {} has brought nothing for {}; {} are usual.', feed,
        {{ counted('floor(value)::bigint', 'day') }}, coalesce(warn, error)
    ) as summary,
    value / nullif(coalesce(warn, error), 0) as measured,
    null as money_at_stake,
    null::date as period_start,
    null::date as period_end,
    'ops.watermarks' as evidence_relation,
    {{ evidence_filter({
        'source': "split_part(feed, '.', 1)", 'feed': "split_part(feed, '.', 2)",
    }) }} as evidence_filter,
    []::varchar[] as subject_ids
from overdue
