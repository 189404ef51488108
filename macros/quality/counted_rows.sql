{% macro counted_rows(name, columns) -%}
    {#- A query of what changes the sums of a table below a judged one (its meta.counted names the
        columns, too): `times` is 1 for a row that counts, and -1 for one that did when this table
        looked last. In a full build all rows that count are new. -#}
    select
        {{ columns | join(", ") }},
        1 as times
    from {{ ref(name) }}
    where is_valid and not is_deleted and version_rank = 1 and {{ is_judged_since(name) }}
    {%- if is_increment() %}
    {%- set seen = stamp_of(model).seen[name][0].split(":")[0] %}
    {%- set judged = graph.nodes["model." ~ project_name ~ "." ~ name] %}
    union all
    select
        {{ columns | join(", ") }},
        -1 as times
    from {{ seen_copy(judged, "replaced") }}
    where judged_in <= {{ seen }} and replaced_in > {{ seen }}
    {%- endif %}
{%- endmacro %}
