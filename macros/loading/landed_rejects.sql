{% macro landed_rejects() -%}
    {#- The malformed lines of accepted files, from the restricted folder. -#}
    {%- set folder = env_var("BENEFITS_DB_DIR", "warehouse") ~ "/restricted/landing/rejected_lines" -%}
    select *
    from read_parquet('{{ (folder ~ "/*.parquet") | replace("'", "''") }}', union_by_name = true)
{%- endmacro %}
