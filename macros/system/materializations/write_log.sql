{% macro write_log(relation, sql, rows=none) -%}
    {#- The statements that take the rows of a query into a log, where they replace those of the
        same unique_key. One with a contract is made from it; that of a Python model, which has
        none, from the table `rows` that the model left, which is dropped afterwards. New columns
        are added. The query may read the log, so its rows are held before they are written. -#}
    {%- set unique_key = config.get("unique_key") or [] -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
    {%- set batch = rows or "batch" -%}
    {%- if rows is none -%}
    {{ hook_table_ddl(model) }}
    create or replace temp table batch as (
        {{ sql }}
    );
    {%- else -%}
    {%- if should_full_refresh() -%}
    drop table if exists {{ relation }};
    {% endif -%}
    create table if not exists {{ relation }} as (from {{ rows }} where false);
    {%- for column in adapter.get_columns_in_relation(rows) %}
    alter table {{ relation }}
    add column if not exists {{ adapter.quote(column.name) }} {{ column.data_type }};
    {%- endfor %}
    {%- endif %}
    {%- if keys %}
    delete from {{ relation }} as known using {{ batch }} as batch where
        {%- for key in keys %} known.{{ key }} = batch.{{ key }}{{ " and" if not loop.last }}
        {%- endfor %};
    {%- endif %}
    insert into {{ relation }} by name (from {{ batch }});
    drop table {{ batch }};
{%- endmacro %}
