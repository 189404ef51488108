{% macro seen_copy(node, parent) -%}
    {#- The relation beside an increment's table that keeps what a parent held when it was used. -#}
    {{ return('"%s"."%s"."%s__%s"' % (node.database, node.schema, node.alias, parent)) }}
{%- endmacro %}
