{% macro landed(source_name, feed_name) -%}
    {#- The landed rows of a feed: its Parquet files, of loads that the ledger names only, so that
        what a killed run left behind is never read. The files of a delta feed keep the order of
        what was delivered, so a row's place is its number; a snapshot's hold the number. -#}
    {%- set folder = env_var("BENEFITS_DB_DIR", "warehouse") ~ "/restricted/landing/" -%}
    {%- set pattern = folder ~ source_name ~ "/" ~ feed_name ~ "/*.parquet" -%}
    select
        landed.* exclude (file_row_number)
        replace (
            case
                when landed.change = 'upsert'
                    then coalesce(landed.source_row, landed.file_row_number + 1)
            end as source_row
        )
    from read_parquet(
        '{{ pattern | replace("'", "''") }}', union_by_name = true, file_row_number = true
    ) as landed
    where landed.file_id in (select ledger.file_id from {{ ref("landing_ledger") }} as ledger)
{%- endmacro %}
