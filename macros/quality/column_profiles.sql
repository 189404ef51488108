{% macro column_profiles() -%}
{#- One row per column of each feed's contract: how empty, how varied, how much of it does not
    parse. One pass over a feed's current rows, typed already, computes all its columns. Beyond
    a million rows distinct counts are estimates, since exact ones would hold every value in
    memory. Newest are the rows of a delta's last load, and the undeleted ones of a snapshot. -#}
{%- for feed in feeds().values() %}
(
    with

    sized as (
        select
            *,
            (select count(*) from {{ ref(feed.judged) }}) <= 1000000 as is_small,
            {% if feed.mode == "delta" -%}
            load_id = (select max(load_id) from {{ ref(feed.judged) }}) as is_newest
            {%- else -%}
            not is_deleted as is_newest
            {%- endif %}
        from {{ ref(feed.judged) }}
        where is_current
    ),

    profiled as (
        select
            count(*) as rows_total,
            [
                {%- for column, says in feed.columns.items() %}
                {%- set name = says.judged_as or says.staged_as or column %}
                {%- set filled = name ~ " is not null" if says.type in ["text", "name"]
                    else "has_" ~ column ~ "_text" %}
                {
                    'column_name': '{{ column }}',
                    'filled': count_if({{ filled }}),
                    'varied': if(
                        bool_and(is_small),
                        count(distinct {{ name }}) filter (where is_small),
                        approx_count_distinct({{ name }})
                    ),
                    'parsed': count({{ name }}),
                    'newest_filled': count_if({{ filled }} and is_newest),
                    'newest_parsed': count({{ name }}) filter (where is_newest)
                }{{ "," if not loop.last }}
                {%- endfor %}
            ] as columns
        from sized
    ),

    unnested as (
        select
            rows_total,
            unnest(columns) as profile
        from profiled
    )

    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        profile['column_name'] as column_name,
        rows_total::bigint as rows_total,
        1 - profile['filled']::double / nullif(rows_total, 0) as null_rate,
        profile['varied']::bigint as distinct_count,
        1 - profile['parsed']::double / nullif(profile['filled'], 0) as unparseable_rate,
        1 - profile['newest_parsed']::double / nullif(profile['newest_filled'], 0)
            as newest_unparseable_rate
    from unnested
)
{{ "union all" if not loop.last }}
{%- endfor %}
{%- endmacro %}
