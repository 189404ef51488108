{% macro landed_rejects() -%}
    {#- The malformed lines of accepted files, from the restricted folder. -#}
    {%- set folder = env_var("BENEFITS_DB_DIR", "warehouse") ~ "/restricted/landing" -%}
    {%- set pattern = (folder ~ "/rejected_lines/*.parquet") | replace("'", "''") -%}
    select *
    from read_parquet('{{ pattern }}', union_by_name = true)
{%- endmacro %}
