{% macro landed(source_name, feed_name) -%}
    {#- The landed rows of a feed: its Parquet files, of loads that the ledger names only, so that
        what a killed run left behind is never read. -#}
    {%- set folder = env_var("BENEFITS_DB_DIR", "warehouse") ~ "/restricted/landing/" -%}
    {%- set pattern = folder ~ source_name ~ "/" ~ feed_name ~ "/*.parquet" -%}
    select landed.*
    from read_parquet('{{ pattern | replace("'", "''") }}', union_by_name = true) as landed
    where landed.file_id in (select ledger.file_id from {{ ref("landing_ledger") }} as ledger)
{%- endmacro %}
