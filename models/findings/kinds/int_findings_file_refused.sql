-- Files that were refused and are still there, until another one of that delivery has loaded.
with

refused as (
    {{ refused_files(ref('landing_ledger'), source('landing', 'landing_seen')) }}
)

select
    concat_ws('|', source, feed, coalesce(sender, ''), delivery, file) as natural_key,
    false as is_event,
    true as is_open,
    null as company_ein,
    concat_ws(' ', nullif(source || '.' || feed, '.'), {{ shown_name('file') }}) as subject,
    format('a file of {}.{} was refused: {}', source, feed, reason) as summary,
    1 as measured,
    null as money_at_stake,
    null::date as period_start,
    null::date as period_end,
    'ops.loaded_files' as evidence_relation,
    {{ evidence_filter({
        'source': 'source', 'feed': 'feed', 'file': shown_name('file'), 'status': "'refused'",
    }) }} as evidence_filter,
    []::varchar[] as subject_ids
from refused
qualify row_number() over (partition by natural_key order by file_id desc) = 1
