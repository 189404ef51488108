{% macro is_written_since(name) -%}
    {#- True for the rows of a table below judged ones that an increment gives anew: those that a
        judged parent has judged since, by the table's unique_key, and those that meet its
        meta.replaced. In a data test of `dbt build`, since it passed; it names the judged models,
        too (depends_on). Of a table that is built whole, all rows are. -#}
    {%- if not is_increment() -%}
        {{ return("true") }}
    {%- endif -%}
    {%- set node = graph.nodes["model." ~ project_name ~ "." ~ name] -%}
    {%- set key = node.config.unique_key -%}
    {%- if node.config.materialized != "after_judged" or not key -%}
        {{ return("true") }}
    {%- endif -%}
    {%- set conditions = [node.config.meta.replaced] if node.config.meta.replaced else [] -%}
    {%- for parent in judged_above(node) -%}
        {%- do conditions.append(
            key ~ " in (select row_id from " ~ relation_of(parent) ~ " where "
            ~ is_judged_since(parent.name) ~ ")"
        ) -%}
    {%- endfor -%}
    {{ return("(" ~ conditions | join(" or ") ~ ")") }}
{%- endmacro %}
