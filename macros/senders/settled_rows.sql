{% macro settled_rows(feed_name, landed) -%}
    {#- The landed rows of a feed with their texts as staging reads them, whatever their senders
        write: ids with the sender's prefix, amounts in dollars with a decimal point, days with the
        number of the month where var date_order has it, timestamps in UTC. Where no setting and no
        file asks for it, these are the landed rows themselves. -#}
    {%- set columns = settled_columns(feed_name) -%}
    {%- if not columns -%}
        {{ landed }}
    {%- else -%}
    (
        select
            {{ star_with("landed.*", columns) }}
            {%- for column in columns if feed_of(feed_name).columns[column].type == "timestamp" %},
            landed.{{ adapter.quote(column) }} as unsettled_{{ column }}
            {%- endfor %}
        from {{ landed }} as landed
        left join {{ relation_of("landing_ledger") }} as files
            on landed.file_id = files.file_id
        left join {{ landing_files() }} as deliveries
            on landed.file_id = deliveries.file_id
    ) as settled
    {%- endif -%}
{%- endmacro %}
