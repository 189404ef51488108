select
    source,
    feed,
    file,
    size,
    content_hash,
    status,
    reason,
    rows,
    rejected,
    load_id,
    delivery,
    loaded_at,
    run_id
from {{ ref('landing_ledger') }}
