{% macro landed_rows(feed, ledger, folder) -%}
    {#- The landed rows of a feed: its Parquet files, of loads that the ledger names only, so that
        what a killed run left behind is never read. The files of a delta feed keep the order of
        what was delivered, so a row's place is its number; a snapshot's hold the number. -#}
    {%- set pattern = folder ~ "/landing/" ~ feed.source ~ "/" ~ feed.feed ~ "/*.parquet" -%}
    select
        file_id,
        load_id,
        source_file,
        case
            when change = 'upsert' then coalesce(source_row, file_row_number + 1)
        end as source_row,
        loaded_at,
        content_hash,
        change,
        {%- for column in feed.columns %}
        {{ adapter.quote(column) }}{{ "," if not loop.last }}
        {%- endfor %}
    from read_parquet(
        '{{ pattern | replace("'", "''") }}', union_by_name = true, file_row_number = true
    )
    where file_id in (select ledger.file_id from {{ ledger }} as ledger)
{%- endmacro %}
