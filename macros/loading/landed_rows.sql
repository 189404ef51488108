{% macro landed_rows(feed, ledger, folder) -%}
    {#- The landed rows of a feed that count: its Parquet files, of files in landing_files only, so
        that what a killed run left behind is never read, and nothing that was withdrawn. A row of a
        snapshot counts where a delivery that counts holds it. -#}
    {%- set pattern = folder ~ "/landing/" ~ feed.source ~ "/" ~ feed.feed ~ "/*.parquet" -%}
    {%- set files = ledger.incorporate(path={"identifier": "landing_files"}, type="table") -%}
    {%- set states = ledger.incorporate(path={"identifier": "landing_states"}, type="table") -%}
    select
        landed.file_id,
        landed.load_id,
        landed.source_file,
        landed.source_row,
        landed.loaded_at,
        landed.content_hash,
        files.sender,
        {%- for column in feed.columns.keys() | list + feed.tokens %}
        landed.{{ adapter.quote(column) }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ parquet_files(pattern) }} as landed
    inner join {{ files }} as files
        on landed.file_id = files.file_id
    where
        landed.change = 'upsert'
        {%- if feed.mode == "delta" %}
        and not files.is_withdrawn -- order {{ revision_of(feed, files) }} of the files
        {%- else %}
        and (landed.file_id, landed.source_row) in (
            select (states.file_id, states.source_row) from {{ states }} as states
        )
        {%- endif %}
{%- endmacro %}
