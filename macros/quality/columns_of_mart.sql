{% macro columns_of_mart(feed) -%}
    {#- The columns of the mart of a feed, as its contract has them; none while dbt parses. -#}
    {%- set node = graph.nodes["model." ~ project_name ~ "." ~ feed.mart] if execute else {} -%}
    {{ return(node.get("columns", {}).keys() | list) }}
{%- endmacro %}
