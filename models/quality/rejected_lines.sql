-- The raw text of a line may be personal and stays in the restricted folder.
with

lines as (
    {{ landed_rejects() }}
),

ledger as (
    select * from {{ ref('landing_ledger') }}
),

files as (
    select * from {{ source('landing', 'landing_files') }}
    where not is_withdrawn
)

select
    lines.source,
    lines.feed,
    {{ shown_name('ledger.file') }} as source_file,
    lines.source_line,
    lines.error_reason,
    ledger.run_id
from lines
inner join ledger
    on lines.file_id = ledger.file_id
inner join files
    on lines.file_id = files.file_id
