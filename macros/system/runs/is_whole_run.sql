{% macro is_whole_run(results) -%}
    {#- True where every published model was built in this run, or where `dbt retry` built what was
        missing. -#}
    {%- set built = results | map(attribute="node.unique_id") | list -%}
    {%- set command = invocation_args_dict.get("invocation_command", "") -%}
    {%- if modules.re.match("dbt (-[^ ]+ )*retry( |$)", command) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == "model" and node.database == target.database
        and node.unique_id not in built -%}
        {{ return(false) }}
    {%- endfor -%}
    {{ return(true) }}
{%- endmacro %}
