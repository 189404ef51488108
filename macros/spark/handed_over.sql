{% macro handed_over(name) -%}
    {#- What DuckDB made and Spark reads (python/benefits_warehouse/runtime/to_spark.py): a Parquet
        file of a node by its name, or of the secret of the tokens, as a table of Spark. -#}
    {{ return("parquet.`" ~ restricted_folder() ~ "/spark/handed_over/" ~ name ~ ".parquet`") }}
{%- endmacro %}
