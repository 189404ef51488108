{% macro has_time(feed_name, column) -%}
    {#- Whether a timestamp was delivered with a time of day, be it midnight; never null. An epoch
        has one, and so has an Excel serial with decimals. -#}
    {%- if column in settled_columns(feed_name) -%}
        {%- set text = "unsettled_" ~ column -%}
        coalesce(
            contains({{ text }}, ':')
            or regexp_full_match({{ tidy_text(text) }}, '-?[0-9]{9,}|[0-9]{1,6}[.][0-9]+'),
            false
        )
    {%- else -%}
        coalesce(contains({{ adapter.quote(column) }}, ':'), false)
    {%- endif -%}
{%- endmacro %}
