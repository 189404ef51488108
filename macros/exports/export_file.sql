{% macro export_file(file, query) -%}
    {#- Write a query's rows to a file beside its goal, then rename it there. The ending of the
        name is the format. Order is asked for, since the session does not keep it by itself. -#}
    {%- set folder = export_folder() | replace("'", "''") -%}
    {%- set formats = {
        "csv": "format csv, header true",
        "parquet": "format parquet",
        "jsonl": "format json",
    } -%}
    {%- set beside = folder ~ "/." ~ file ~ ".part" -%}
    {%- do run_query("select make_folder('" ~ folder ~ "')") -%}
    {%- do run_query(
        "copy (" ~ query ~ ") to '" ~ beside ~ "' (" ~ formats[file.split(".")[-1]] ~ ")"
    ) -%}
    {%- do run_query("select finish_file('" ~ beside ~ "', '" ~ folder ~ "/" ~ file ~ "')") -%}
{%- endmacro %}
