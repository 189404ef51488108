{% macro export_file(file, query, sources=none) -%}
    {#- Write a query's rows to a file beside its goal, then rename it there. The ending of the
        name is the format. Order is asked for, since the session does not keep it by itself. A file
        that is there as this query wrote it, from tables that did not change since, is left alone.
        -#}
    {%- set folder = export_folder() -%}
    {%- set path = (folder ~ "/" ~ file) | replace("'", "''") -%}
    {%- set formats = {
        "csv": "format csv, header true",
        "parquet": "format parquet",
        "jsonl": "format json",
    } -%}
    {%- set made_from = [query] -%}
    {%- for relation in sources or [] -%}
        {%- set comment = catalog().comments[relation | string] -%}
        {%- do made_from.append(comment.split("|")[:3] | join("|")) -%}
    {%- endfor -%}
    {%- set stamp = local_md5(made_from | join(",")) ~ " " -%}
    {%- set state = "select file_state('" ~ path ~ "')" -%}
    {%- if not sources
        or last_stamps().get("export." ~ file) != stamp ~ run_query(state).rows[0][0] -%}
        {%- do run_query("select make_folder('" ~ folder | replace("'", "''") ~ "')") -%}
        {%- set beside = run_query("select fresh_part('" ~ path ~ "')").rows[0][0] -%}
        {%- do run_query(
            "copy (" ~ query ~ ") to '" ~ beside | replace("'", "''")
            ~ "' (" ~ formats[file.split(".")[-1]] ~ ")"
        ) -%}
        {%- do run_query(finish_query(beside, folder ~ "/" ~ file)) -%}
        {%- if sources -%}
            {%- do run_query(
                "insert into " ~ relation_of("node_history")
                ~ " (run_id, node, resource_type, status, stamp) values (getvariable('run_id'), '"
                ~ "export." ~ file ~ "', 'export', 'success', '"
                ~ stamp ~ run_query(state).rows[0][0] ~ "')"
            ) -%}
            {%- do adapter.commit() -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
