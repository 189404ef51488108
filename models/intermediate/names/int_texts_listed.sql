{{ config(materialized='judged', unique_key='text') }}

-- Kept as a judged table is, since millions of rows have few texts: an increment reads those of new
-- loads alone. A text that no row has any more stays, and does no harm.
with

texts as (
    {% for feed in feeds().values() %}
    {% set feed_loop = loop %}
    {% for column in feed.free_text %}
    select
        {{ feed.columns[column].staged_as or column }} as text,
        min(load_id) as load_id
    from {{ ref(feed.staged) }}
    {%- if is_increment() %}
    where load_id > (select coalesce(max(known.load_id), 0) from {{ this }} as known)
    {%- endif %}
    group by text
    {{ "union all" if not (loop.last and feed_loop.last) }}
    {% endfor %}
    {% endfor %}
)

select
    text,
    min(load_id) as load_id,
    {{ judged_in() }} as judged_in
from texts
where
    regexp_matches(text, '\p{L}[^\p{L}]+\p{L}')
    and {{ "text not in (select known.text from " ~ this ~ " as known)"
        if is_increment() else "true" }}
group by text
