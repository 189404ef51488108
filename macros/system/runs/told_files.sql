{% macro told_files(ledger) -%}
    {#- Query of the lines of the summary about delivered files: that none was loaded, files of this
        run that were not loaded or loaded with a remark, and what was refused before and is still
        there: until the file is gone, or another one of that delivery has loaded. -#}
    {%- set seen = ledger.incorporate(path={"identifier": "landing_seen"}) -%}
    {%- if seen | string not in catalog().comments -%} {#- an older version made the ledger -#}
        {{ return("select null as line where false") }}
    {%- endif -%}
    with

    ledger as (
        select
            *,
            run_id = getvariable('run_id') as is_new
        from {{ ledger }}
    ),

    told as (
        select
            file_id,
            format(
                '  {} {}.{} {}: {}', if(is_new, status, 'still ' || status), source, feed,
                {{ shown_name('file') }}, reason
            ) as line
        from ledger
        where
            reason is not null
            and (
                is_new
                or file_id in (select file_id from ({{ refused_files(ledger, seen) }}))
            )
    )

    select format('  nothing loaded       none of {} files could be loaded', count(*)) as line
    from ledger
    where is_new or not exists (from ledger where status = 'loaded')
    having count(*) > 0 and count(*) filter (where status = 'loaded') = 0
    union all
    select '  nothing loaded       no file is new' as line
    from {{ seen }}
    where
        not exists (from ledger where is_new)
        and exists (from ledger where status = 'loaded' and origin = 'landing_zone')
    having count(*) > 0
    union all
    select '  nothing loaded       the landing zone holds no file' as line
    where not exists (from {{ seen }}) and exists (from ledger where origin = 'landing_zone')
    union all
    select line from ({{ told_deliveries(ledger) }})
    union all
    select line from (select line from told order by file_id)
{%- endmacro %}
