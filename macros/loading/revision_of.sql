{% macro revision_of(feed, files) -%}
    {#- How often the order of what was landed of a delta feed changed since, by a decision or by
        names: its number stands in the view, so that tables are then built whole.
        files: relation landing_files. -#}
    {%- set query -%}
        select coalesce(max(revision), 0) from {{ files }}
        where source = '{{ feed.source }}' and feed = '{{ feed.feed }}'
    {%- endset -%}
    {{ return(run_query(query).rows[0][0]) }}
{%- endmacro %}
