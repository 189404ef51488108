{% macro duckdb__load_csv_rows(model, agate_table) %}
    {#- Every value is read as text by position under the header that dbt has read; a feed's sample
        rows stay out of a warehouse that is fed by a landing zone. The comment tells tables below
        whether the content changed. -#}
    {#- `dbt show` of a seed prints what dbt itself has read. -#}
    {% set names = personal_columns(model) %}
    {% do store_result("agate_table", response="OK", agate_table=agate_table.select(
        agate_table.column_names | reject("in", names) | list
    )) %}
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
    {% set content = run_query("select md5(sum(hash(seed))::varchar) from " ~ this ~ " as seed") %}
    {% do run_query("comment on table " ~ this ~ " is '" ~ content.rows[0][0] ~ "'") %}
    {{ return(sql) }}
{% endmacro %}
