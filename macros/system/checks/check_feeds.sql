{% macro check_feeds() -%}
    {#- A wrong entry of var feeds stops the run before anything changes, with its place and the
        remedy (python/benefits_warehouse/feeds.py), and so does one that the models don't follow:
        the landed rows that are documented tell what `make feed` made of it. -#}
    {%- set declared = tojson(var("feeds")) | replace("'", "''") -%}
    {%- set told = run_query("select feed_problems('" ~ declared ~ "')").rows[0][0] -%}
    {%- set problems = [told] if told else [] -%}
    {%- set made = {} -%}
    {%- for source in graph.sources.values() if source.name.startswith("land_") -%}
        {%- do made.update({source.name: source.columns.keys() | list}) -%}
    {%- endfor -%}
    {%- for name, feed in feeds().items() if not told -%}
        {%- set place = "vars.feeds." ~ name -%}
        {%- set mart = graph.nodes.get("model." ~ project_name ~ "." ~ feed.mart) -%}
        {%- if feed.mart and not mart -%}
            {%- do problems.append(place ~ ".mart: there is no model " ~ feed.mart) -%}
        {%- elif feed.mart_count and feed.mart_count not in mart.columns -%}
            {%- do problems.append(place ~ ".mart_count: no column of " ~ feed.mart) -%}
        {%- endif -%}
        {#- What stands before the feed's own columns says where a row came from. -#}
        {%- set columns = feed.columns.keys() | list + feed.tokens -%}
        {%- if made.pop(feed.landed, [])[7:] != columns -%}
            {%- do problems.append(place ~ ".columns: the models have others: run `make feed`") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in made if not told -%}
        {%- do problems.append("vars.feeds: no feed any more has the models of " ~ name) -%}
    {%- endfor -%}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error(
            "Nothing was changed. Fix the feeds: " ~ problems | join("; ")
        ) }}
    {%- endif -%}
{%- endmacro %}
