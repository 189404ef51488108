{% macro write_increment(relation, sql) -%}
    {#- The statements that bring a table up to date with the rows of a query, see the
        materialization `incremental`. They are written once, straight into the table: to hold a
        day of 20 million rows beside it first would cost as much as judging them. -#}
    {%- set key = config.require("unique_key") -%}
    {%- if config.meta_get("is_judging") -%}
    {#- What is of a newer load than all of the table's can't be in it. -#}
    {%- set newest_load = "select coalesce(max(load_id), 0) from " ~ relation -%}
    {%- set watermark = run_query(newest_load).rows[0][0] -%}
    {%- set newest = "(select max(judged_in) from " ~ relation ~ ")" -%}
    insert into {{ relation }} by name (
        {{ sql }}
    );
    delete from {{ relation }}
    where
        judged_in < {{ newest }}
        and {{ key }} in (
            select {{ key }} from {{ relation }}
            where judged_in = {{ newest }} and load_id <= {{ watermark }}
        );
    {%- else -%}
    {% for parent in increments_above(model) -%}
    delete from {{ relation }} where {{ key }} in (
        select row_id from {{ relation_of_node(parent) }}
        where judged_in > {{ seen_judged_in(parent.name) }}
    );
    {% endfor -%}
    {%- if config.meta_get("replaced") -%}
    delete from {{ relation }} where {{ config.meta_get("replaced") }};
    {% endif -%}
    insert into {{ relation }} by name (
        {{ sql }}
    );
    {%- endif -%}
{%- endmacro %}
