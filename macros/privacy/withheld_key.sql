{% macro withheld_key(feed, judged) -%}
    {#- The key of a withheld row as a log may keep it, without its delivered cells at hand: see
        shown_key, doubtful as soon as any value could not be read. -#}
    {%- set unread = ["false"] -%}
    {%- for column in typed_columns(feed) -%}
        {%- do unread.append(is_unread(feed, column, judged)) -%}
    {%- endfor -%}
    {{ shown_key(feed.name, judged, unread | join(" or ")) }}
{%- endmacro %}
