{% macro sender_settings_of(feed_name) -%}
    {#- The settings of a feed's senders, {setting: {sender: value}}, `*` for those without a line
        of their own; empty in most feeds, whose SQL is as if there were no settings. The seed is
        read when the SQL is made: a setting is part of the SQL, and a changed one another rule.
        Of several lines the one that names the sender counts, then the one that names the feed.
        -#}
    {%- set found, seed = {}, known_relation("seed", "sender_settings") -%}
    {%- if seed -%}
        {%- set feed = feed_of(feed_name) -%}
        {%- set query -%}
            select
                trim(setting),
                coalesce(trim(sender), ''),
                trim(value)
            from {{ seed }}
            where
                trim(source) in ('{{ feed.source }}', '*')
                and trim(feed) in ('{{ feed.feed }}', '*')
            order by (trim(feed) <> '*')::int * 2 + (trim(source) <> '*')::int
        {%- endset -%}
        {%- for row in run_query(query).rows -%}
            {%- do found.setdefault(row[0], {}).update({row[1]: row[2]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
