{% macro lineage() -%}
    {#- Where a landed row comes from; row_id reads as file number and row number. -#}
    file_id * 100000000000 + source_row as row_id,
    file_id,
    load_id,
    loaded_at,
    source_row,
    content_hash,
    sender
{%- endmacro %}
