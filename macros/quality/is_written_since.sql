{% macro is_written_since(name) -%}
    {#- In a data test of `dbt build`: true for the rows of a table below judged ones that were
        written since the test passed. Of a table that is built whole, all rows are. The test names
        the judged models, too (depends_on). -#}
    {%- if not is_increment() -%}
        {{ return("true") }}
    {%- endif -%}
    {%- set node = graph.nodes["model." ~ project_name ~ "." ~ name] -%}
    {%- if node.config.materialized != "after_judged" or not node.config.unique_key -%}
        {{ return("true") }}
    {%- endif -%}
    (
        {{ node.config.meta.replaced or "false" }}
        {%- for parent in judged_above(node) %}
        or row_id in (
            select row_id from {{ relation_of(parent) }}
            where {{ is_judged_since(parent.name) }}
        )
        {%- endfor %}
    )
{%- endmacro %}
