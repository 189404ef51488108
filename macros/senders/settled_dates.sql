{% macro settled_order(text, column, order) -%}
    {#- SQL of a day of two numbers and a year (3/4/2026, with or without a time) with the month
        where var date_order has it. A file's column has one order: the sender's; the other one
        where only that gives each value a day; where neither does, a value that would be another
        day in the other order gets a ? in front, so that it stays unreadable. -#}
    {%- set tidy = tidy_text(text) -%}
    {%- set other = "dmy" if order == "mdy" else "mdy" -%}
    {%- set lists = {"mdy": "files.month_first", "dmy": "files.day_first"} -%}
    {%- set has = {} -%}
    {%- for name, list in lists.items() -%}
        {%- do has.update({name: "coalesce(list_contains(" ~ list ~ ", '" ~ column ~ "'), false)"}) -%}
    {%- endfor -%}
    {%- set shape = "^([0-9]{1,2})([-/.])([0-9]{1,2})([-/.]([0-9]{4}|[0-9]{2})([ T].*)?)$" -%}
    {%- set first = "regexp_extract(" ~ tidy ~ ", '" ~ shape ~ "', 1)::integer" -%}
    {%- set second = "regexp_extract(" ~ tidy ~ ", '" ~ shape ~ "', 3)::integer" -%}
    {%- set swapped = "regexp_replace(" ~ tidy ~ ", '" ~ shape ~ "', '\\3\\2\\1\\4')" -%}
    {%- set turned = {"mdy": text, "dmy": text} -%}
    {%- do turned.update({("dmy" if var("date_order") == "mdy" else "mdy"): swapped}) -%}
    {{ return(
        "case when not coalesce(regexp_full_match(" ~ tidy ~ ", '" ~ shape[1:-1] ~ "'), false) then "
        ~ text ~ " when not " ~ has[other] ~ " then " ~ turned[order] ~ " when not " ~ has[order]
        ~ " then " ~ turned[other] ~ " when greatest(" ~ first ~ ", " ~ second ~ ") <= 12 and "
        ~ first ~ " <> " ~ second ~ " then '?' || " ~ text ~ " when " ~ first ~ " > 12 then "
        ~ turned.dmy ~ " else " ~ turned.mdy ~ " end"
    ) }}
{%- endmacro %}


{% macro has_other_orders(feed_name, orders) -%}
    {#- Whether a file or a sender of a feed writes days in another order than var date_order.
        orders: the setting date_order, {sender: mdy or dmy}. Asked when the SQL is made. -#}
    {%- if orders.values() | reject("equalto", var("date_order")) | list -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set is_known = execute and graph.nodes is defined -%} {#- else a unit test -#}
    {%- set ledger = relation_of("landing_ledger") if is_known -%}
    {%- if not is_known or ledger | string not in catalog().comments -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set feed, against = feed_of(feed_name), "month" if var("date_order") == "dmy" else "day" -%}
    {%- set query -%}
        select count(*) > 0 from {{ ledger }}
        where
            source = '{{ feed.source }}' and feed = '{{ feed.feed }}'
            and len({{ against }}_first) > 0
    {%- endset -%}
    {{ return(run_query(query).rows[0][0]) }}
{%- endmacro %}


{% macro settled_number(text, rules) -%}
    {#- SQL of a day or time that its sender writes as a number: an Excel serial (days since 1900,
        which Excel takes for a leap year) or an epoch (since 1970). -#}
    {%- set tidy, value = tidy_text(text), text -%}
    {%- if rules.excel_serial_dates == "true" -%}
        {%- set serial = "try_cast(" ~ tidy ~ " as decimal(18, 9))" -%}
        {%- set days = "(" ~ serial ~ " + if(" ~ serial ~ " < 60, 1, 0))" -%}
        {%- set value = "case when regexp_full_match(" ~ tidy ~ ", '[0-9]{1,6}([.][0-9]+)?') "
            ~ "and not (" ~ serial ~ " >= 60 and " ~ serial ~ " < 61) and " ~ serial ~ " >= 1 "
            ~ "then strftime(timestamp '1899-12-30' + to_seconds(round(" ~ days ~ "::decimal(28, 9)"
            ~ " * 86400)), '%Y-%m-%d %H:%M:%S') when regexp_full_match(" ~ tidy
            ~ ", '[0-9]{1,6}([.][0-9]+)?') then '?' || " ~ text ~ " else " ~ text ~ " end" -%}
    {%- endif -%}
    {%- if rules.epoch_unit -%}
        {%- set digits, unit = ("{9,11}", "1000000") if rules.epoch_unit == "seconds"
            else ("{11,14}", "1000") -%}
        {%- set value = "case when regexp_full_match(" ~ tidy ~ ", '-?[0-9]" ~ digits ~ "') then "
            ~ "strftime(make_timestamp(try_cast(" ~ tidy ~ " as bigint) * " ~ unit
            ~ "), '%Y-%m-%d %H:%M:%S.%fZ') else " ~ value ~ " end" -%}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}


{% macro settled_zone(text, zone) -%}
    {#- SQL of a timestamp in UTC: one without a zone of its own is in that of its sender. -#}
    {%- if not zone or zone == "UTC" -%}
        {{ return(text) }}
    {%- endif -%}
    {%- set tidy = tidy_text(text) -%}
    {%- set moment = clean_timestamp(tidy) -%}
    {{ return(
        "case when " ~ moment ~ " is null or regexp_matches(" ~ tidy
        ~ ", ':.*([Zz]|[Uu][Tt][Cc]|[+-][0-9]{2}(:?[0-9]{2})?)$') then " ~ text
        ~ " else strftime(timezone('UTC', timezone('" ~ zone ~ "', " ~ moment
        ~ ")), '%Y-%m-%d %H:%M:%S.%f') end"
    ) }}
{%- endmacro %}
