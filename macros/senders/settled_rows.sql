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
        select landed.* replace (
            {%- for column, value in columns.items() %}
            {{ value }} as {{ adapter.quote(column) }}{{ "," if not loop.last }}
            {%- endfor %}
        )
        from {{ landed }} as landed
        left join {{ relation_of("landing_ledger") }} as files
            on landed.file_id = files.file_id
    ) as settled
    {%- endif -%}
{%- endmacro %}


{% macro settled_columns(feed_name) -%}
    {#- The columns of a feed that its senders write in their own way, {column: SQL}. -#}
    {%- set feed = feed_of(feed_name) -%}
    {%- set settings, found = sender_settings_of(feed_name), {} -%}
    {%- set senders = [] -%}
    {%- for values in settings.values() -%}
        {%- do senders.extend(values.keys()) -%}
    {%- endfor -%}
    {%- set is_disordered = has_other_orders(feed_name, settings.get("date_order", {})) -%}
    {%- for column, says in feed.columns.items() -%}
        {%- set text = "landed." ~ adapter.quote(column) -%}
        {%- set cases = [] -%}
        {%- for sender in senders | unique | sort if sender != "*" -%}
            {%- set value = settled_value(text, column, says, settings, sender, is_disordered) -%}
            {%- do cases.append("when '" ~ sender | replace("'", "''") ~ "' then " ~ value) -%}
        {%- endfor -%}
        {%- set other = settled_value(text, column, says, settings, "*", is_disordered) -%}
        {%- if cases | reject("in", [other]) | list and cases | join != "" -%}
            {%- set value = "case landed.sender " ~ cases | join(" ") ~ " else " ~ other ~ " end" -%}
        {%- else -%}
            {%- set value = other -%}
        {%- endif -%}
        {%- set plain = [text] -%}
        {%- for case in cases if not case.endswith("then " ~ text) -%}
            {%- do plain.append(case) -%}
        {%- endfor -%}
        {%- do found.update({column: value}) if other != text or plain | length > 1 -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{% macro settled_value(text, column, says, settings, sender, is_disordered) -%}
    {#- SQL of a delivered text of one sender as staging reads it; the text itself where nothing is
        said of it. -#}
    {%- set rules = {} -%}
    {%- for setting, values in settings.items() if sender in values or "*" in values -%}
        {%- do rules.update({setting: values.get(sender, values.get("*"))}) -%}
    {%- endfor -%}
    {%- if says.type == "money" -%}
        {{ return(settled_money(text, rules)) }}
    {%- elif says.type in ["date", "timestamp"] -%}
        {%- set value = text -%}
        {%- if is_disordered -%}
            {%- set value = settled_order(text, column, rules.date_order or var("date_order")) -%}
        {%- endif -%}
        {%- set value = settled_number(value, rules) -%}
        {{ return(settled_zone(value, rules.time_zone) if says.type == "timestamp" else value) }}
    {%- elif says.type == "ein" -%}
        {{ return(settled_ein(text, says, rules)) }}
    {%- elif says.type == "text" and says.varied and rules.id_prefix -%}
        {{ return(
            "case when " ~ says_something(tidy_text(text)) ~ " then '" ~ rules.id_prefix ~ ":' || "
            ~ tidy_text(text) ~ " else " ~ text ~ " end"
        ) }}
    {%- endif -%}
    {{ return(text) }}
{%- endmacro %}
