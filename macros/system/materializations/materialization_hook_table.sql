{#- A table that hooks fill: made from its contract when missing, given new columns when the
    contract grew, otherwise left alone, by --full-refresh too. -#}
{% materialization hook_table, adapter="duckdb", supported_languages=["sql"] %}
    {% set target_relation = this.incorporate(type="table") %}
    {% call statement("main") %}
        {{ hook_table_ddl(model) }}
    {% endcall %}
    {{ adapter.commit() }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}


{% macro hook_table_ddl(node) -%}
    {#- DDL that brings a hook table to its contract. -#}
    {%- set relation = relation_of(node) -%}
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


{% macro columns_of_contract(model_name) -%}
    {#- An empty query with the columns of a hook table's contract: what its lineage and docs
        compile to. -#}
    select
        {%- if execute %}
        {%- set node = graph.nodes["model." ~ project_name ~ "." ~ model_name] %}
        {%- for column in node.columns.values() %}
        null::{{ column.data_type }} as {{ adapter.quote(column.name) }}{{ "," if not loop.last }}
        {%- endfor %}
        {%- else %}
        1 as placeholder
        {%- endif %}
    where false
{%- endmacro %}
