{% macro parquet_files(pattern) -%}
    {#- The rows of Parquet files, as a table: columns by their names, null where a file has none.
        -#}
    {{ return(adapter.dispatch("parquet_files", "benefits_warehouse")(pattern)) }}
{%- endmacro %}


{% macro default__parquet_files(pattern) -%}
    read_parquet('{{ pattern | replace("'", "''") }}', union_by_name = true)
{%- endmacro %}


{% macro spark__parquet_files(pattern) -%}
    parquet.`{{ pattern }}`
{%- endmacro %}
