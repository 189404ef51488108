{% macro refused_files(ledger, seen) -%}
    {#- Query of the refused files that are still there, as rows of the ledger: until the file is
        gone, or another one of that delivery has loaded. -#}
    select * from (
        select
            *,
            max(if(status <> 'refused', loaded_at, null)) over (
                partition by source, feed, coalesce(sender, ''), delivery
            ) as last_loaded_at
        from {{ ledger }}
    ) as told
    where
        status = 'refused'
        and coalesce(last_loaded_at <= loaded_at, true)
        and file_id in (select seen.file_id from {{ seen }} as seen)
{%- endmacro %}
