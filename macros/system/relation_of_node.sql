{% macro relation_of_node(node) -%}
    {#- The rendered relation of a node of the graph. -#}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    ) | string) }}
{%- endmacro %}
