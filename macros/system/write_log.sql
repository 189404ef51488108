{% macro write_log(relation, sql, rows=none) -%}
    {#- The statements that take the rows of a query into a log. One with a contract is made from
        it; that of a Python model, which has none, from the table `rows` that the model left, which
        is dropped afterwards. New columns are added. -#}
    {%- if rows is none -%}
    {{ hook_table_ddl(model) }}
    {{ write_increment(relation, sql) }}
    {%- else -%}
    {%- if should_full_refresh() -%}
    drop table if exists {{ relation }};
    {% endif -%}
    create table if not exists {{ relation }} as (from {{ rows }} where false);
    {%- for column in adapter.get_columns_in_relation(rows) %}
    alter table {{ relation }}
    add column if not exists {{ adapter.quote(column.name) }} {{ column.data_type }};
    {%- endfor %}
    {{ write_increment(relation, "from " ~ rows) }}
    drop table {{ rows }};
    {%- endif -%}
{%- endmacro %}
