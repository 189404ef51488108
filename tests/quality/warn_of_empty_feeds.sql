-- What: a feed has fewer current rows than the var expected_rows_min.
-- Why: a feed that is empty, or nearly, passes every other test; mostly its file did not arrive,
-- was refused or lost its rows. A warning, since a new warehouse begins so.
-- Resolve: ops.loaded_files tells which files came and what became of them, quality.rejected_lines
-- which lines did not; set expected_rows_min to what your smallest feed never falls below.
{{ config(severity='warn') }}

select
    source,
    feed,
    rows_valid + rows_quarantined as current_rows,
    {{ var('expected_rows_min') | int }} as expected_rows_min
from {{ ref('reconciliation') }}
where rows_valid + rows_quarantined < {{ var('expected_rows_min') | int }}
