{% macro duckdb__load_csv_rows(model, agate_table) %}
    {#- Every value is read as text by position under the header that dbt has read; a feed's sample
        rows stay out of a warehouse that is fed by a landing zone. The comment tells tables below
        whether the content changed: "seed <content> <content without meta.texts> <file>". -#}
    {#- `dbt show` of a seed prints what dbt itself has read. -#}
    {% set names = personal_columns(model) %}
    {% do store_result("agate_table", response="OK", agate_table=agate_table.select(
        agate_table.column_names | reject("in", names) | list
    )) %}
    {% if seed_state(model) == "same" %}
        {{ return("") }}
    {% endif %}
    {% set sql %}
        copy {{ this }} from '{{ seed_path(model) | replace("'", "''") }}'
        (
            format csv, header true, delimiter ',', quote '"', escape '"',
            auto_detect false, nullstr ''
        )
    {% endset %}
    {% if seed_state(model) != "empty" %}
        {% do adapter.add_query(sql, abridge_sql_log=True) %}
    {% endif %}
    {% if seed_path(model) != adapter.get_seed_file_path(model) %}
        {% do store_result("agate_table", response="OK", agate_table=run_query("from " ~ this)) %}
    {% endif %}
    {% set texts = model.config.meta.texts %}
    {% set slim = "* exclude (" ~ texts | join(", ") ~ ")" if texts else "*" %}
    {% set content %}
        select
            (select md5(sum(hash(seed))::varchar) from {{ this }} as seed),
            (select md5(sum(hash(slim))::varchar) from (select {{ slim }} from {{ this }}) as slim)
    {% endset %}
    {% do write_comment("table", this, "seed " ~ run_query(content).rows[0] | join(" ") ~ " "
        ~ seed_state(model)) %}
    {{ return(sql) }}
{% endmacro %}
