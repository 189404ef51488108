{% macro write_increment(relation, sql) -%}
    {#- The statements that bring a table up to date with the rows of a query, see the
        materialization `incremental`. -#}
    {%- set unique_key = config.get("unique_key") or [] -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
    create or replace temp table batch as (
        {{ sql }}
    );
    {% if config.meta_get("is_judging") -%}
    delete from batch where row_id in (
        select row_id from (
            select * exclude (judgement) from batch
            intersect
            select * exclude (judgement) from {{ relation }}
            where row_id in (select row_id from batch)
        )
    );
    {% endif -%}
    {% for parent in increments_above(model) if config.get("full_refresh") is not sameas false -%}
    delete from {{ relation }} where row_id in (
        select row_id from {{ relation_of_node(parent) }}
        where judgement > {{ seen_judgement(parent.name) }}
    );
    {% endfor -%}
    {%- if config.meta_get("replaced") -%}
    delete from {{ relation }} where {{ config.meta_get("replaced") }};
    {% endif -%}
    {%- if keys -%}
    delete from {{ relation }} as known using batch where
        {%- for key in keys %} known.{{ key }} = batch.{{ key }}{{ " and" if not loop.last }}
        {%- endfor %};
    {% endif -%}
    insert into {{ relation }} by name (from batch);
    drop table batch;
{%- endmacro %}
