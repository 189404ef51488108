{% macro record_nodes(results) -%}
    {#- One row per node of the run in ops.node_history. Messages of errors are kept to their first line, which
        holds no values: casts that could print one are not used. -#}
    {%- set rows = [] -%}
    {%- for result in results -%}
        {%- set message = (result.message or "").strip().split("\n")[0][:200] | replace("'", "''") -%}
        {%- set rows_affected = result.adapter_response.get("rows_affected") -%}
        {%- do rows.append(
            "(getvariable('run_id'), '" ~ result.node.unique_id ~ "', '" ~ result.node.resource_type
            ~ "', '" ~ result.status ~ "', " ~ (rows_affected if rows_affected is not none else "null")
            ~ ", " ~ result.execution_time ~ ", '" ~ message ~ "')"
        ) -%}
    {%- endfor -%}
    {%- if rows -%}
        {%- do run_query(
            "insert into " ~ ops_relation("node_history") ~ " (run_id, node, resource_type, status, "
            ~ "rows_affected, execution_seconds, message) values " ~ rows | join(", ")
        ) -%}
    {%- endif -%}
{%- endmacro %}
