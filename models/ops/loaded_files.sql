-- What became of each file; what its delivery means for others is said anew in each run, since a
-- delivery that comes late, or a decision, may change it.
with

ledger as (
    select * from {{ ref('landing_ledger') }}
),

files as (
    select * from {{ source('landing', 'landing_files') }}
),

final as (
    select
        ledger.* exclude (sender),
        coalesce(ledger.sender, '') as sender,
        files.decision,
        nullif(concat_ws(
            '; ',
            if(files.is_withdrawn, 'withdrawn: it does not count (seed delivery_decisions)', null),
            if(files.is_withdrawn, null, 'deletes nothing: ' || files.held_back),
            ledger.reason
        ), '') as told
    from ledger
    left join files
        on ledger.file_id = files.file_id
)

select
    source,
    feed,
    {{ shown_name('file') }} as file,
    size,
    content_hash,
    status,
    told as reason,
    rows,
    rejected,
    load_id,
    {{ shown_name('delivery') }} as delivery,
    {{ shown_name('sender') }} as sender,
    decision,
    loaded_at,
    run_id
from final
