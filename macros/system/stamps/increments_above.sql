{% macro increments_above(node) -%}
    {#- The nodes of the judging increments among a model's parents. -#}
    {%- set found = [] -%}
    {%- for parent_id in node.depends_on.nodes
        if graph.nodes[parent_id].config.meta.is_judging -%}
        {%- do found.append(graph.nodes[parent_id]) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
