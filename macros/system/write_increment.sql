{% macro write_increment(relation, sql) -%}
    {#- The statements that bring a table up to date with the rows of a query, see the
        materialization `incremental`. Only the query of a judging model reads its own table, so
        only there are rows held before they are written; what is of a newer load than all of the
        table's can't be in it. -#}
    {%- set key = config.require("unique_key") -%}
    {%- if config.meta_get("is_judging") -%}
    {%- set known -%}
        batch where load_id <= (select max(load_id) from {{ relation }})
    {%- endset -%}
    create or replace temp table batch as (
        {{ sql }}
    );
    delete from batch where {{ key }} in (
        select {{ key }} from (
            select * exclude (judgement) from {{ known }}
            intersect
            select * exclude (judgement) from {{ relation }}
            where {{ key }} in (select {{ key }} from {{ known }})
        )
    );
    delete from {{ relation }} where {{ key }} in (select {{ key }} from {{ known }});
    insert into {{ relation }} by name (from batch);
    drop table batch;
    {%- else -%}
    {% for parent in increments_above(model) -%}
    delete from {{ relation }} where {{ key }} in (
        select row_id from {{ relation_of_node(parent) }}
        where judgement > {{ seen_judgement(parent.name) }}
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
