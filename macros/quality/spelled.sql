{% macro spelled(feed_name, rows, columns) -%}
    {#- The CTEs that end in `spelled`: the rows of a CTE with the values of some columns as the
        seed allowed_values spells them; one that it does not know stays as delivered. -#}
    {%- set feed = feed_of(feed_name) -%}
spellings as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where source = '{{ feed.source }}' and feed = '{{ feed.feed }}'
),

spelled as (
    select
        {{ rows }}.* replace (
            {%- for column in columns %}
            coalesce(of_{{ column }}.value, {{ rows }}.{{ column }}) as {{ column }}
            {{- "," if not loop.last }}
            {%- endfor %}
        )
    from {{ rows }}
    {%- for column in columns %}
    left join spellings as of_{{ column }}
        on
            lower({{ rows }}.{{ column }}) = of_{{ column }}.caseless_value
            and of_{{ column }}.field = '{{ column }}'
    {%- endfor %}
)
{%- endmacro %}
