{% macro settled_columns(feed_name) -%}
    {#- The columns of a feed that its senders write in their own way, {column: SQL}. -#}
    {%- set feed = feed_of(feed_name) -%}
    {%- set settings, found = sender_settings_of(feed_name), {} -%}
    {%- set senders = [] -%}
    {%- for values in settings.values() -%}
        {%- do senders.extend(values.keys()) -%}
    {%- endfor -%}
    {%- set rules = {} -%}
    {%- for sender in senders + ["*"] -%}
        {%- do rules.update({sender: {}}) -%}
        {%- for setting, values in settings.items() if sender in values or "*" in values -%}
            {%- do rules[sender].update({setting: values.get(sender, values.get("*"))}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set is_disordered = has_other_orders(feed_name, settings.get("date_order", {})) -%}
    {%- for column, says in feed.columns.items() -%}
        {%- set text = "landed." ~ adapter.quote(column) -%}
        {%- set cases = [] -%}
        {%- for sender in senders | unique | sort if sender != "*" -%}
            {%- set value = settled_value(text, column, says, rules[sender], is_disordered) -%}
            {%- do cases.append("when '" ~ sender | replace("'", "''") ~ "' then " ~ value) -%}
        {%- endfor -%}
        {%- set other = settled_value(text, column, says, rules["*"], is_disordered) -%}
        {%- if cases | reject("in", [other]) | list and cases | join != "" -%}
            {%- set value = "case landed.sender " ~ cases | join(" ") ~ " else " ~ other
                ~ " end" -%}
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
