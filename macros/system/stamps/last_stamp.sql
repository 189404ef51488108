{% macro last_stamp(node_id) -%}
    {#- What a test or an export was made from when it last went well; none where it never did, or
        went badly since. -#}
    {%- set history = ops_relation("node_history") -%}
    {%- set query -%}
        select arg_max(if(nodes.status in ('pass', 'success'), nodes.stamp, ''), runs.started_at)
        from {{ history }} as nodes
        inner join {{ ops_relation("run_history") }} as runs
            on nodes.run_id = runs.run_id
        where nodes.node = '{{ node_id }}' and nodes.stamp is not null
    {%- endset -%}
    {{ return(run_query(query).rows[0][0]) }}
{%- endmacro %}
