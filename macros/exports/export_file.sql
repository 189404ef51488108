{% macro export_file(file, query, sources=none) -%}
    {#- Write a query's rows to a file beside its goal, then rename it there. The ending of the
        name is the format. Order is asked for, since the session does not keep it by itself. A file
        that is there, made by this query from tables that did not change since, is left alone. -#}
    {%- set path = (export_folder() ~ "/" ~ file) | replace("'", "''") -%}
    {%- set beside = (export_folder() ~ "/." ~ file ~ ".part") | replace("'", "''") -%}
    {%- set formats = {
        "csv": "format csv, header true",
        "parquet": "format parquet",
        "jsonl": "format json",
    } -%}
    {%- set stamp = stamp_of_tables(sources, query ~ path) if sources -%}
    {%- if not sources or last_stamp("export." ~ file) != stamp or not run_query(
        "select 1 from glob('" ~ path ~ "')"
    ).rows -%}
        {%- do run_query("select make_folder('" ~ export_folder() | replace("'", "''") ~ "')") -%}
        {%- do run_query(
            "copy (" ~ query ~ ") to '" ~ beside ~ "' (" ~ formats[file.split(".")[-1]] ~ ")"
        ) -%}
        {%- do run_query("select finish_file('" ~ beside ~ "', '" ~ path ~ "')") -%}
        {%- if sources -%}
            {%- do run_query(
                "insert into " ~ ops_relation("node_history")
                ~ " (run_id, node, resource_type, status, stamp) values (getvariable('run_id'), '"
                ~ "export." ~ file ~ "', 'export', 'success', '" ~ stamp ~ "')"
            ) -%}
            {%- do adapter.commit() -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
