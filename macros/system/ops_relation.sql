{% macro ops_relation(name) -%}
    {#- The relation of a model, for hooks, which can't ref. -#}
    {%- set node = model_node(name) -%}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    )) }}
{%- endmacro %}
