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
