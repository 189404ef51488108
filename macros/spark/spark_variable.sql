{% macro spark_variable(name) -%}
    {#- SQL of a variable of DuckDB's session, by its quoted name: the number of the run, or the
        secret of the tokens, which is read from a file and never written into SQL. -#}
    {%- set secret = "(select secret.value from " ~ handed_over("pepper") ~ " as secret)" -%}
    {{ return({"'run_id'": "'" ~ invocation_id ~ "'", "'pii_pepper'": secret}.get(name)) }}
{%- endmacro %}
