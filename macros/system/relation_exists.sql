{% macro relation_exists(relation) -%}
    {#- Whether a table is there, asked of the database: dbt's cache knows only the schemas of this
        run, and a miss would open a transaction that stands in the way of a checkpoint. -#}
    {%- set query -%}
        select count(*) from duckdb_tables()
        where
            database_name = '{{ relation.database }}'
            and schema_name = '{{ relation.schema }}'
            and table_name = '{{ relation.identifier }}'
    {%- endset -%}
    {{ return(run_query(query).rows[0][0] > 0) }}
{%- endmacro %}
