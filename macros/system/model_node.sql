{% macro model_node(name) -%}
    {#- A model's node in the graph, for hooks, which can't ref. -#}
    {{ return(graph.nodes["model." ~ project_name ~ "." ~ name]) }}
{%- endmacro %}
