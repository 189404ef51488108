{% macro duckdb__get_limit_sql(sql, limit) -%}
    {#- What dbt asks for the rows of `dbt show` and of stored test failures. Both are written down
        whole, the one to console and log: columns that identify people stay out of them. -#}
    {%- set query = dbt.default__get_limit_sql(sql, limit) -%}
    {%- if flags.WHICH == "show" or should_store_failures() -%}
        {{ without_personal_columns(query, model) }}
    {%- else -%}
        {{ query }}
    {%- endif -%}
{%- endmacro %}
