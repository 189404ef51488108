{% macro masked_texts(feed_name, rows) -%}
    {#- The CTE `masked`: the rows with a feed's texts which are not about people (var feeds,
        free_text) as they may be shown: without the names of known persons, and as macro mask_text
        has them. What is judged is clear, what goes on to the marts is not. Plan types that differ
        only in what is masked are one from here on, so that keys stay keys. -#}
{%- set texts = {} -%}
{%- for column in feed_of(feed_name).free_text -%}
    {%- do texts.update({column: shown_text(column, rows ~ "." ~ column)}) -%}
{%- endfor -%}
masked as (
    select
        {{ star_with(rows ~ ".*", texts) }}
    from {{ rows }}
    {{- named_texts(feed_name, rows) }}
)
{%- endmacro %}
