{% macro duckdb__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {#- A seed whose columns changed would fail in the built-in truncate-and-insert: make it anew.
        -#}
    {{ return("" if seed_state(model) == "same" else create_csv_table(model, agate_table)) }}
{% endmacro %}
