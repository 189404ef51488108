{% macro catalog(is_new=false) -%}
    {#- What this run knows of the warehouse, read once and kept up to date in dbt's graph, since a
        query a node would cost more than most nodes: {run_id, engine, comments, codes, parents,
        wholes, changed}.
        `comments` has every table and view, with '' where there is none; is_new reads it again.
        Asked of the database, since dbt's cache knows only the schemas of this run. -#}
    {%- set is_first = graph.catalog is not defined or graph.catalog.run_id != invocation_id -%}
    {%- if is_first -%}
        {%- do graph.update({"catalog": {
            "run_id": invocation_id,
            "engine": run_query("select getvariable('engine')").rows[0][0],
            "comments": {},
            "codes": {},
            "wholes": {},
            "changed": {},
            "parents": {},
        }}) -%}
    {%- endif -%}
    {%- if is_first or is_new -%}
        {%- set query -%}
            select
                '"' || database_name || '"."' || schema_name || '"."' || name || '"' as name,
                comment
            from (
                select database_name, schema_name, table_name as name, comment
                from duckdb_tables()
                union all
                select database_name, schema_name, view_name as name, comment
                from duckdb_views()
                where not internal
            )
        {%- endset -%}
        {%- do graph.catalog.comments.clear() -%}
        {%- for row in run_query(query).rows -%}
            {%- do graph.catalog.comments.update({row[0]: row[1] or ""}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(graph.catalog) }}
{%- endmacro %}


{% macro content_of(relation, part="''") -%}
    {#- What the ledger of landing or the answers of enrichment hold now, {part: digest}; nothing
        where there are none yet. Read once a run, by the first node that is built from them. -#}
    {%- set known = catalog() -%}
    {%- if relation not in known.comments -%}
        {{ return({}) }}
    {%- elif relation not in known -%}
        {%- set query -%}
            select {{ part }}, sum(hash(whole_row))::varchar
            from {{ relation }} as whole_row
            group by 1
        {%- endset -%}
        {%- set digests = {} -%}
        {%- for row in run_query(query).rows -%}
            {%- do digests.update({row[0]: row[1]}) -%}
        {%- endfor -%}
        {%- do known.update({relation: digests}) -%}
    {%- endif -%}
    {{ return(known[relation]) }}
{%- endmacro %}


{% macro last_stamps() -%}
    {#- What each test and each export was made from when it last went well, {node: stamp}; '' where
        it went badly since. -#}
    {%- set known = catalog() -%}
    {%- if known.stamps is not defined -%}
        {%- set query -%}
            select
                nodes.node,
                arg_max(
                    if(nodes.status in ('pass', 'success'), nodes.stamp, ''),
                    coalesce(runs.run_number, 0)
                )
            from {{ relation_of("node_history") }} as nodes
            inner join {{ relation_of("run_history") }} as runs
                on nodes.run_id = runs.run_id
            where nodes.stamp is not null
            group by nodes.node
        {%- endset -%}
        {%- set stamps = {} -%}
        {%- for row in run_query(query).rows -%}
            {%- do stamps.update({row[0]: row[1]}) -%}
        {%- endfor -%}
        {%- do known.update({"stamps": stamps}) -%}
    {%- endif -%}
    {{ return(known.stamps) }}
{%- endmacro %}


{% macro relation_of(named) -%}
    {#- The relation of a node of the graph, or of a model by its name, for hooks, which can't ref.
        -#}
    {%- set node = graph.nodes["model." ~ project_name ~ "." ~ named] if named is string
        else named -%}
    {{ return(api.Relation.create(
        database=node.database,
        schema=node.schema,
        identifier=node.identifier if node.resource_type == "source" else node.alias,
    )) }}
{%- endmacro %}
