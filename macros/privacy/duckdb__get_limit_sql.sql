{% macro duckdb__get_limit_sql(sql, limit) -%}
    {#- What dbt asks for the rows of `dbt show` and of stored test failures. Both are written down
        whole, the one to console and log: columns that identify people stay out of them. -#}
    {%- set query = dbt.default__get_limit_sql(sql, limit) -%}
    {%- set is_shown = flags.WHICH == "show" and var("pii_masking_enabled") -%}
    {%- if is_shown and execute and not is_public(query) -%}
        {%- do run_query("create or replace temp table rows_to_show as (" ~ query ~ "\n)") -%}
        {%- set names = personal_columns(model) + columns_of_persons("rows_to_show") -%}
        {{ without_columns("from rows_to_show", names | unique | list) }}
    {%- elif is_shown or should_store_failures() -%}
        {{ without_columns(query, personal_columns(model)) }}
    {%- else -%}
        {{ query }}
    {%- endif -%}
{%- endmacro %}
