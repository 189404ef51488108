{% macro texts_of_persons() -%}
    {#- Query of what the restricted file holds of persons, kind and text: delivered columns that
        the feeds mark as such, in landed rows and in seeds, and malformed lines. -#}
    {%- set known = catalog().comments -%}
    {%- set has_landed = relation_of("landing_ledger") | string in known -%}
    select
        'line' as kind,
        raw_line as text
    from ({{ landed_rejects() if has_landed else "select null::varchar as raw_line" }})
    {%- for feed in feeds().values() -%}
        {%- for column, kind in feed.masks.items() if kind in ["name", "email", "hidden"] -%}
            {%- for relation in [
                '"restricted"."landing"."' ~ feed.landed ~ '"',
                '"restricted"."seeds"."' ~ feed.seed ~ '"',
            ] if relation in known %}
    union
    select
        '{{ kind }}' as kind,
        {{ adapter.quote(column) }} as text
    from {{ relation }}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor %}
{%- endmacro %}
