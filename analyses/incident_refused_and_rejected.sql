-- Question: which files or lines did not get in, and why?
-- Reading: one row per file that was refused, repeats another, has malformed lines, or was
-- loaded with a remark (such as "deletes nothing"), newest first. refused: none of its rows is
-- in the warehouse; the reason says what to mend, and the mended file may be delivered under the
-- same name. rejected: malformed lines, whose neighbours are loaded; line_errors counts them by
-- kind, first_lines shows where to look in the file. Their text is only in the restricted
-- folder.
with

files as (
    select * from {{ ref('loaded_files') }}
    where status <> 'loaded' or reason is not null or rejected > 0
),

lines as (
    select
        run_id,
        source,
        feed,
        source_file,
        error_reason,
        count(*) as line_count,
        min(source_line) as first_line
    from {{ ref('rejected_lines') }}
    group by run_id, source, feed, source_file, error_reason
),

line_errors as (
    select
        run_id,
        source,
        feed,
        source_file,
        string_agg(error_reason || ': ' || line_count, ', ' order by error_reason) as line_errors,
        list_sort(list(first_line)) as first_lines
    from lines
    group by run_id, source, feed, source_file
),

final as (
    select
        files.*,
        files.rows as delivered_rows,
        line_errors.line_errors,
        line_errors.first_lines
    from files
    left join line_errors
        on
            files.run_id = line_errors.run_id
            and files.source = line_errors.source
            and files.feed = line_errors.feed
            and files.file = line_errors.source_file
)

select
    source,
    feed,
    file,
    status,
    reason,
    delivered_rows,
    rejected,
    line_errors,
    first_lines,
    loaded_at,
    run_id
from final
order by loaded_at desc, source asc, feed asc, file asc
