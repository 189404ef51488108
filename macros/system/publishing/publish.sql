{% macro publish() -%}
    {#- Checkpoints the working copy and puts a copy of it where readers look, by rename; true where
        that was done. The copy says that the run succeeded; the working copy says so once exports
        are written, too. Readers never see half a build: nothing is published while a table is not
        what its parents make of it, or while a node's last word was that it failed. -#}
    {%- set why = [] -%}
    {%- for reason, names in {
        "from a part of the input (" ~ limits() | join(", ") ~ ")": limits(),
        "not up to date": stale_tables(),
        "failed or skipped when last run": failed_nodes(),
    }.items() if names -%}
        {%- set more = " and " ~ (names | length - 3) ~ " more" if names | length > 3 else "" -%}
        {%- do why.append(reason ~ ": " ~ names[:3] | join(", ") ~ more) -%}
    {%- endfor -%}
    {%- if why -%}
        {{ log("Not published. " ~ why | join("; ") ~ ". Run dbt build.", info=true) }}
        {{ return(false) }}
    {%- endif -%}
    {%- do drop_obsolete() -%}
    {%- do adapter.commit() -%}
    {%- do run_query("checkpoint " ~ target.database) -%}
    {%- set copy -%}
        select
            copy_beside(folder || '/.build/analytics.duckdb', folder || '/analytics.duckdb'),
            folder || '/analytics.duckdb'
        from (select getvariable('warehouse_folder') as folder)
    {%- endset -%}
    {%- set beside, goal = run_query(copy).rows[0] -%}
    {%- do run_query("attach '" ~ beside | replace("'", "''") ~ "' as publication") -%}
    {%- do record_run("success", "publication") -%}
    {%- do run_query("checkpoint publication") -%}
    {%- do run_query("detach publication") -%}
    {%- do run_query(
        "select finish_file('" ~ beside | replace("'", "''") ~ "', '"
        ~ goal | replace("'", "''") ~ "')"
    ) -%}
    {{ return(true) }}
{%- endmacro %}


{% macro stale_tables() -%}
    {#- Names of tables whose parents are not what they were built from: a run of some models, one
        that was killed, or a backup that was put back left the warehouse half way. -#}
    {%- set names = [] -%}
    {%- for node in graph.nodes.values()
        if node.config.materialized in ["table", "judged", "after_judged"] -%}
        {%- set comment = catalog().comments.get(relation_of(node) | string, "") -%}
        {%- set now = inputs_of(node) -%}
        {%- if comment.split("|")[1:3] != [now.rules, now.inputs] -%}
            {%- do names.append(node.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{% macro failed_nodes() -%}
    {#- Names of nodes that went badly, or were skipped, when a run last came to them: what they
        refused is not published by a run that leaves them out. -#}
    {%- set query -%}
        select nodes.node
        from {{ relation_of("node_history") }} as nodes
        inner join {{ relation_of("run_history") }} as runs
            on nodes.run_id = runs.run_id
        where nodes.resource_type in ('model', 'seed', 'snapshot', 'test')
        group by nodes.node
        having
            arg_max(nodes.status, coalesce(runs.run_number, 0))
            in ('error', 'fail', 'runtime error', 'skipped')
    {%- endset -%}
    {%- set names = [] -%}
    {%- for row in run_query(query).rows if row[0] in graph.nodes -%}
        {%- do names.append(graph.nodes[row[0]].name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{% macro drop_obsolete() -%}
    {#- Drops what a model left that is no longer in the project: stamped tables, and whatever is in
        the schemas that nobody but this project writes to. The copies that increments keep beside
        their table (seen_copy) go with it. -#}
    {%- set known = [] -%}
    {%- for node in graph.nodes.values() | list + graph.sources.values() | list
        if node.resource_type in ["model", "seed", "snapshot", "source"] -%}
        {%- do known.append(relation_of(node) | string) -%}
        {%- for parent in node.config.meta.parents or {} -%}
            {%- do known.append(seen_copy(node, parent)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set query -%}
        select database_name, schema_name, table_name, 'table' as type
        from duckdb_tables()
        where comment like '%|%' or schema_name in ('landing', 'staging', 'intermediate')
        union all
        select database_name, schema_name, view_name, 'view' as type
        from duckdb_views()
        where schema_name in ('landing', 'staging', 'intermediate')
    {%- endset -%}
    {%- for row in run_query(query).rows -%}
        {%- set relation = api.Relation.create(
            database=row[0], schema=row[1], identifier=row[2], type=row[3]
        ) -%}
        {%- if relation | string not in known -%}
            {%- do adapter.drop_relation(relation) -%}
            {%- do adapter.commit() -%}
            {{ log("Dropped " ~ relation ~ ": no model of the project makes it.", info=true) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
