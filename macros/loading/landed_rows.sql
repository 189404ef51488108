{% macro landed_rows(feed, ledger, folder) -%}
    {#- The landed rows of a feed: its Parquet files, of loads that the ledger names only, so that
        what a killed run left behind is never read. The files of a delta feed keep the order of
        what was delivered, so a row's place is its number; a snapshot's hold the number. -#}
    {%- set pattern = folder ~ "/landing/" ~ feed.source ~ "/" ~ feed.feed ~ "/*.parquet" -%}
    select
        landed.file_id,
        landed.load_id,
        landed.source_file,
        case
            when landed.change = 'upsert'
                then coalesce(landed.source_row, landed.file_row_number + 1)
        end as source_row,
        landed.loaded_at,
        landed.content_hash,
        coalesce(ledger.sender, '') as sender,
        landed.change,
        {%- for column in feed.columns %}
        landed.{{ adapter.quote(column) }}{{ "," if not loop.last }}
        {%- endfor %}
    from read_parquet(
        '{{ pattern | replace("'", "''") }}', union_by_name = true, file_row_number = true
    ) as landed
    inner join {{ ledger }} as ledger
        on landed.file_id = ledger.file_id
{%- endmacro %}
