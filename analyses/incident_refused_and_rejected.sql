-- Question: which files or lines were not loaded, and why?
-- Reading: one row per file that was refused, repeats another file, has rejected lines, or was
-- loaded with a remark (such as "deletes nothing"). The newest run comes first, and in it the
-- refused files. status refused: none of its rows is in the warehouse. The reason says what to
-- fix, and the fixed file may be delivered under the same name. rejected: the number of rejected
-- lines; the rows beside them are loaded. line_errors counts them by kind, and first_lines shows
-- where to look in the file. Their text is in the restricted folder only.
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
        max(files.loaded_at) over (partition by files.run_id) as run_loaded_at,
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
    status,
    source,
    feed,
    file,
    reason,
    rejected,
    delivered_rows,
    line_errors,
    first_lines,
    loaded_at,
    run_id
from final
order by
    run_loaded_at desc,
    status = 'refused' desc,
    rejected desc nulls last,
    loaded_at desc,
    source asc,
    feed asc,
    file asc
