{% macro spark__create_schema(relation) -%}
    {#- Makes a schema: a restricted one beside what is restricted, so that rights to one folder, or
        bucket, are rights to all of it. -#}
    {%- set name = relation.schema -%}
    {%- set is_restricted = name.startswith("restricted_") -%}
    {%- call statement("create_schema") -%}
        create schema if not exists {{ name }}
        {{ "location '" ~ restricted_folder() ~ "/spark/" ~ name ~ "'" if is_restricted }}
    {%- endcall -%}
{%- endmacro %}
