-- The newest delivery of a feed where its size is far from the usual one.
with

deliveries as (
    {{ unusual_deliveries(ref('landing_ledger')) }}
),

unusual as (
    select
        *,
        {{ shown_name('delivery') }} as shown_delivery
    from deliveries
    where gate <> 'overdue_days_max'
)

select
    concat_ws('|', feed, gate, delivery) as natural_key,
    false as is_event,
    true as is_open,
    null as company_ein,
    feed || ' ' || shown_delivery as subject,
    format(
        'a delivery of {} has {} times the usual rows.', feed, value::decimal(18, 2)::varchar
    ) as summary,
    level as measured,
    null as money_at_stake,
    null::date as period_start,
    null::date as period_end,
    'ops.loaded_files' as evidence_relation,
    {{ evidence_filter({
        'source': "split_part(feed, '.', 1)", 'feed': "split_part(feed, '.', 2)",
        'delivery': 'shown_delivery',
    }) }} as evidence_filter,
    []::varchar[] as subject_ids
from unusual
