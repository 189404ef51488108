{% macro stamp_of_tables(relations, salt="") -%}
    {#- One stamp for several tables: it changes when one of them does, or the salt. -#}
    {%- set query -%}
        select md5('{{ local_md5(salt) }}' || string_agg(comment, ',' order by table_name))
        from duckdb_tables()
        where
            '"' || database_name || '"."' || schema_name || '"."' || table_name || '"'
            in ('{{ relations | join("', '") }}')
    {%- endset -%}
    {{ return(run_query(query).rows[0][0]) }}
{%- endmacro %}
