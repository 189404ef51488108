{% macro record_nodes(results) -%}
    {#- One row per node of the run in ops.node_history. Messages are kept to their first line,
        which holds no values: casts that could print one are not used. A test that passed has a
        stamp, see last_stamps; one that did not, or could not be asked, has an empty one. -#}
    {%- set query -%}
        insert into {{ relation_of("node_history") }} (
            run_id, node, resource_type, status, rows_affected, execution_seconds, message,
            stamp
        )
        values
        {%- for result in results %}
        {%- set lines = (result.message or "").strip().split("\n") %}
        (
            getvariable('run_id'),
            '{{ result.node.unique_id }}',
            '{{ result.node.resource_type }}',
            '{{ result.status }}',
            try_cast('{{ result.adapter_response.get("rows_affected") }}' as bigint),
            {{ result.execution_time }},
            '{{ lines[0][:200] | replace("'", "''") }}',
            {% if result.node.resource_type != "test" -%} null
            {%- elif result.status != "pass" -%} ''
            {%- else -%}
            {%- set stamp = stamp_of(graph.nodes[result.node.unique_id]) %}
            '{{ ([stamp.text] + stamp.heads) | join("|") }}'
            {%- endif %}
        ){{ "," if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {%- if results -%}
        {%- do run_query(query) -%}
    {%- endif -%}
{%- endmacro %}
