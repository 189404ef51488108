{% macro hook_table_ddl(node) -%}
    {#- DDL that brings a hook table to its contract. -#}
    {%- set relation = api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    ) -%}
    create schema if not exists {{ relation.without_identifier() }};
    create table if not exists {{ relation }} (
        {%- for column in node.columns.values() %}
        {{ adapter.quote(column.name) }} {{ column.data_type }}{{ "," if not loop.last }}
        {%- endfor %}
    );
    {%- for column in node.columns.values() %}
    alter table {{ relation }}
    add column if not exists {{ adapter.quote(column.name) }} {{ column.data_type }};
    {%- endfor %}
{%- endmacro %}
