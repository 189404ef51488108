{% macro landed_names() -%}
    {#- Query of the names of persons that were ever landed, first_names and last_names, whatever
        became of their rows, so that who left, or was in a delivery that was withdrawn, is known.
        The last column of several is the last name; one alone is a full name, without last_names.
        -#}
    {%- set folder = restricted_folder() ~ "/landing/" -%}
    {%- set rosters = [] -%}
    {%- for feed in feeds().values() -%}
        {%- set names = feed.masks.items() | selectattr(1, "equalto", "name") | map("first") -%}
        {%- for parts in feed.needs or [names | list] if "name" in feed.masks.values() -%}
            {%- do rosters.append({"feed": feed, "parts": parts}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for roster in rosters %}
    {%- set pattern = folder ~ roster.feed.source ~ "/" ~ roster.feed.feed ~ "/*.parquet" %}
    -- depends_on: {{ ref(roster.feed.staged) }}, which leaves rows out
    select
        concat_ws(
            ' '{% for column in roster.parts[:-1] or roster.parts %}, {{ adapter.quote(column) }}
            {%- endfor %}
        ) as first_names,
        {{ adapter.quote(roster.parts[-1]) if roster.parts | length > 1 else "null::varchar" }}
            as last_names
    from {{ parquet_files(pattern) }}
    where
        change = 'upsert'
        and file_id in (select files.file_id from {{ landing_files() if execute }} as files)
    {{ "union" if not loop.last }}
    {%- endfor %}
{%- endmacro %}
