{% macro duckdb__create_csv_table(model, agate_table) %}
    {#- Every column of every seed is text, listed in column_types or not: a guessed type would
        turn the EIN 012345678 into a number. -#}
    {% set sql %}
        create or replace table {{ this }} (
            {%- for column in agate_table.column_names %}
            {{ adapter.quote(column) }} varchar{{ "," if not loop.last }}
            {%- endfor %}
        )
    {% endset %}
    {% call statement("_") %} {{ sql }} {% endcall %}
    {#- dbt loads no rows where the shipped seed has none; the user's may have some. -#}
    {% if not agate_table.rows %}
        {% do load_csv_rows(model, agate_table) %}
    {% endif %}
    {{ return(sql) }}
{% endmacro %}
