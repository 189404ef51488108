{% macro ops_relation(name) -%}
    {#- The relation of an ops model, for hooks, which can't ref. -#}
    {%- set node = graph.nodes["model." ~ project_name ~ "." ~ name] -%}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    )) }}
{%- endmacro %}
