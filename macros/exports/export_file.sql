{% macro export_file(file, query) -%}
    {#- Write a query's rows to a file beside its goal, then rename it there. The ending is the format. -#}
    {%- set goal = export_folder() ~ "/" ~ file -%}
    {%- set beside = export_folder() ~ "/." ~ file ~ ".part" -%}
    {%- set formats = {"csv": "format csv, header true", "parquet": "format parquet", "jsonl": "format json"} -%}
    {%- do run_query("select make_folder('" ~ export_folder() | replace("'", "''") ~ "')") -%}
    {%- do run_query("copy (" ~ query ~ ") to '" ~ beside | replace("'", "''") ~ "' ("
        ~ formats[file.split(".")[-1]] ~ ")") -%}
    {%- do run_query("select finish_file('" ~ beside | replace("'", "''") ~ "', '"
        ~ goal | replace("'", "''") ~ "')") -%}
{%- endmacro %}
