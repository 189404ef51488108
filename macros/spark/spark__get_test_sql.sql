{% macro spark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {#- A data test as Spark spells it. -#}
    {{ spark_spelling(default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit)) }}
{%- endmacro %}
