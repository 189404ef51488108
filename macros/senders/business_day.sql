{% macro business_day(moment, feed_name) -%}
    {#- The day that a moment counts to: that of the time zone of its sender, else of UTC. -#}
    {%- set zone = sender_setting(feed_name, "time_zone", "UTC") -%}
    {%- if zone == "'UTC'" -%}
        {{ moment }}::date
    {%- else -%}
        {{ clock_of(moment, zone) }}::date
    {%- endif -%}
{%- endmacro %}
