{% macro business_day(moment, feed_name) -%}
    {#- The day that a moment counts to: that of the time zone of its sender, else of UTC. -#}
    {%- set zones = sender_settings_of(feed_name).get("time_zone", {}) -%}
    {%- set other = zones.get("*", "UTC") -%}
    {%- set cases = [] -%}
    {%- for sender, zone in zones.items() if zone != other -%}
        {%- do cases.append("when '" ~ sender | replace("'", "''") ~ "' then '" ~ zone ~ "'") -%}
    {%- endfor -%}
    {%- if cases -%}
        {%- set zone = "case sender " ~ cases | join(" ") ~ " else '" ~ other ~ "' end" -%}
    {%- else -%}
        {%- set zone = "'" ~ other ~ "'" -%}
    {%- endif -%}
    {%- if zone == "'UTC'" -%}
        {{ moment }}::date
    {%- else -%}
        timezone({{ zone }}, timezone('UTC', {{ moment }}))::date
    {%- endif -%}
{%- endmacro %}
