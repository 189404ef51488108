{% macro duckdb__load_csv_rows(model, agate_table) %}
    {#- Every value is read as text by position under the header that dbt has read; a feed's sample
        rows stay out of a warehouse that is fed by a landing zone. -#}
    {% set is_feed = model.fqn[1] != "reference" %}
    {% if is_feed and landing_zone() %}
        {{ return("") }}
    {% endif %}
    {% set sql %}
        copy {{ this }} from '{{ adapter.get_seed_file_path(model) | replace("'", "''") }}'
        (
            format csv, header true, delimiter ',', quote '"', escape '"',
            auto_detect false, nullstr ''
        )
    {% endset %}
    {% do adapter.add_query(sql, abridge_sql_log=True) %}
    {{ return(sql) }}
{% endmacro %}
