{% macro existing_tables() -%}
    {#- Names of the tables that are there, as rendered relations. Asked of the database: dbt's
        cache knows only the schemas of this run, and a miss would open a transaction that
        stands in the way of a checkpoint. -#}
    {%- set query -%}
        select '"' || database_name || '"."' || schema_name || '"."' || table_name || '"'
        from duckdb_tables()
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{%- endmacro %}
