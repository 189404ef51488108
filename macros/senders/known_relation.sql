{% macro known_relation(kind, named) -%}
    {#- The relation of a node, once it is there, that the SQL of another one is made from; none in
        a unit test, which sees no graph, and so neither settings nor files. -#}
    {%- if not execute or graph.nodes is not defined -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set relation = relation_of(graph.nodes[kind ~ "." ~ project_name ~ "." ~ named]) -%}
    {%- if target.type == "spark" -%}
        {#- What was handed over is there before any other node is built. -#}
        {{ return(relation if kind == "seed" or named == "landing_ledger" else none) }}
    {%- endif -%}
    {{ return(relation if relation | string in catalog().comments else none) }}
{%- endmacro %}
