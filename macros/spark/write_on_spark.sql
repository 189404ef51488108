{% macro write_on_spark(sql) -%}
    {#- Builds a node on Spark, whole: a table of its query, made anew; of what DuckDB makes there
        (seeds, Python models) a view of the files that were handed over. Returns its relation. -#}
    {%- set is_given = model.resource_type == "seed" or model.language == "python" -%}
    {%- set relation = this.incorporate(type="view" if is_given else "table") -%}
    {%- if is_given -%}
        {%- do store_result("agate_table", response="OK") -%} {#- which dbt asks of a seed -#}
        {%- call statement("main") -%}
            create or replace view {{ relation }} as select * from {{ handed_over(model.name) }}
        {%- endcall -%}
    {%- else -%}
        {%- set before = adapter.get_relation(
            database=none, schema=this.schema, identifier=this.identifier
        ) -%}
        {%- do adapter.drop_relation(before) if before -%}
        {%- if config.get("materialized") == "log" -%}
            {%- do run_query(spark_spelling(columns_of_node(relation))) -%}
            {%- call statement("main") -%}
                insert into {{ relation }} by name
                {{ spark_spelling(sql) }}
            {%- endcall -%}
            {%- for hook in post_hooks -%}
                {%- do run_query(spark_spelling(render(hook.sql))) -%}
            {%- endfor -%}
        {%- else -%}
            {%- call statement("main") -%}
                create table {{ relation }} using parquet as
                {{ spark_spelling(sql) }}
            {%- endcall -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}
