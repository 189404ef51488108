{% macro spelled(feed_name, rows, columns) -%}
    {#- The CTEs that end in `spelled`: the rows of a CTE with the values of some columns as the
        seed allowed_values spells them; one that it does not know stays as delivered. -#}
    {%- set feed, values = feed_of(feed_name), {} -%}
    {%- for column in columns -%}
        {%- set value = "coalesce(of_" ~ column ~ ".value, " ~ rows ~ "." ~ column ~ ")" -%}
        {%- do values.update({column: value}) -%}
    {%- endfor -%}
spellings as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where source = '{{ feed.source }}' and feed = '{{ feed.feed }}'
),

spelled as (
    select
        {{ star_with(rows ~ ".*", values) }}
    from {{ rows }}
    {%- for column in columns %}
    left join spellings as of_{{ column }}
        on
            lower({{ rows }}.{{ column }}) = of_{{ column }}.caseless_value
            and of_{{ column }}.field = '{{ column }}'
    {%- endfor %}
)
{%- endmacro %}
