{% macro sender_setting(feed_name, setting, default) -%}
    {#- SQL of what a setting is for the sender of a row. -#}
    {%- set values = sender_settings_of(feed_name).get(setting, {}) -%}
    {%- set other = values.get("*", default) -%}
    {%- set cases = [] -%}
    {%- for sender, value in values.items() if value != other -%}
        {%- do cases.append(
            "when '" ~ sender | replace("'", "''") ~ "' then '" ~ value | replace("'", "''") ~ "'"
        ) -%}
    {%- endfor -%}
    {%- if cases -%}
        {{ return("case sender " ~ cases | join(" ") ~ " else '" ~ other ~ "' end") }}
    {%- endif -%}
    {{ return("'" ~ other ~ "'") }}
{%- endmacro %}
