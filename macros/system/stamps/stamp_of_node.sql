{% macro stamp_of_node(node) -%}
    {#- What a data test was asked of, as one string: see stamp_of. -#}
    {%- set stamp = stamp_of(node) -%}
    {{ return([local_md5(node.raw_code)[:8], stamp["version"], stamp["inputs"]] | join("|")) }}
{%- endmacro %}
