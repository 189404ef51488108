-- The newest snapshot of a sender where it deletes nothing and nobody has decided about it.
with

deliveries as (
    select * from {{ source('landing', 'landing_files') }}
    where load_id is not null and not is_withdrawn and mode = 'snapshot'
    qualify
        row_number() over (
            partition by source, feed, coalesce(sender, '') order by place desc, file_id asc
        ) = 1
),

ledger as (
    select * from {{ ref('landing_ledger') }}
)

select
    concat_ws(
        '|', deliveries.source, deliveries.feed, coalesce(deliveries.sender, ''),
        deliveries.delivery
    ) as natural_key,
    false as is_event,
    true as is_open,
    null as company_ein,
    concat_ws(
        ' ', deliveries.source || '.' || deliveries.feed, {{ shown_name('deliveries.delivery') }}
    ) as subject,
    format(
        'the newest snapshot of {}.{} deletes nothing: {}', deliveries.source, deliveries.feed,
        deliveries.held_back
    ) as summary,
    1 as measured,
    null as money_at_stake,
    null::date as period_start,
    null::date as period_end,
    'ops.loaded_files' as evidence_relation,
    {{ evidence_filter({
        'source': 'deliveries.source', 'feed': 'deliveries.feed',
        'delivery': shown_name('deliveries.delivery'),
    }) }} as evidence_filter,
    []::varchar[] as subject_ids
from deliveries
inner join ledger
    on deliveries.file_id = ledger.file_id
where deliveries.held_back is not null and deliveries.decision is null
