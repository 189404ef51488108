{% macro spark__start_run() %}
    {#- Before a run on Spark: the functions that models call, and the landed rows and tables of
        landing as Spark reads them. The landing itself is DuckDB's. -#}
    {% if execute and is_recorded_run() %}
        {{ log(
            "Target spark: full builds of staging, intermediate, quality and marts from what was "
            ~ "landed, and handed over to " ~ restricted_folder() ~ "/spark: where that is not "
            ~ "there, call make spark. It lands nothing, and has no stamps, records of runs, "
            ~ "publishing, exports, alerts and snapshots.", info=true
        ) }}
        {% do make_spark_functions() %}
        {% set ledger = relation_of("landing_ledger") %}
        {% do run_query("create schema if not exists " ~ ledger.without_identifier()) %}
        {% for node in graph.sources.values() if not node.name.startswith("land_") %}
            {% do run_query(
                "create or replace view " ~ relation_of(node) ~ " as select * from "
                ~ handed_over(node.name)
            ) %}
        {% endfor %}
        {% for feed in feeds().values() %}
            {% set view = ledger.incorporate(path={"identifier": feed.landed}) %}
            {% do run_query(
                "create or replace view " ~ view ~ " as "
                ~ spark_spelling(landed_rows(feed, ledger, restricted_folder()))
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
