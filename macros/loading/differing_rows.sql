{% macro differing_rows(parent) -%}
    {#- A query of the rows that a parent in meta.parents has now and had not when this table was
        written, and of those that it had and has no more. -#}
    with

    now as materialized (
        select * from {{ relation_of(parent) }}
    ),

    was as materialized (
        select * from {{ seen_copy(model, parent) }}
    )

    (from now except from was)
    union all
    (from was except from now)
{%- endmacro %}
