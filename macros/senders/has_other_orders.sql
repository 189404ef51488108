{% macro has_other_orders(feed_name, orders) -%}
    {#- Whether a file or a sender of a feed writes days in another order than var date_order.
        orders: the setting date_order, {sender: mdy or dmy}. Asked when the SQL is made. -#}
    {%- if orders.values() | reject("equalto", var("date_order")) | list -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set ledger = known_relation("model", "landing_ledger") -%}
    {%- if not ledger -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set feed, against = feed_of(feed_name), "month" if var("date_order") == "dmy" else "day" -%}
    {%- set query -%}
        select count(*) > 0 from {{ ledger }}
        where
            source = '{{ feed.source }}' and feed = '{{ feed.feed }}'
            and len({{ against }}_first) > 0
    {%- endset -%}
    {{ return(run_query(engine_sql(query)).rows[0][0]) }}
{%- endmacro %}
