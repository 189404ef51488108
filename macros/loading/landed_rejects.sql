{% macro landed_rejects() -%}
    {#- The malformed lines of accepted files, from the restricted folder. -#}
    select *
    from {{ parquet_files(restricted_folder() ~ "/landing/rejected_lines/*.parquet") }}
{%- endmacro %}
