{% macro publish(results) -%}
    {#- Checkpoints the working copy and puts a copy of it where readers look, by rename; true where
        that was done. The copy says that the run succeeded; the working copy says so once exports
        are written, too. Readers never see half a build: nothing is published while a table is not
        what its parents make of it, or while a node's last word was that it failed. -#}
    {%- set why = [] -%}
    {%- for reason, names in {
        "from a part of the input (" ~ limits() | join(", ") ~ ")": limits(),
        "not up to date": stale_tables(),
        "failed or skipped when last run": failed_nodes(),
        "an earlier run was killed, and this one leaves out": left_out_after_kill(results),
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
    {%- if is_lake() -%}
        {{ return(publish_snapshot()) }}
    {%- endif -%}
    {%- do run_query("checkpoint " ~ target.database) -%}
    {#- A copy of the bytes; where free blocks may hold too much, one of the rows. -#}
    {%- set build = "getvariable('warehouse_folder') || '/.build/" -%}
    {%- set state = run_query("select file_state(" ~ build ~ "rewrite')").rows[0][0] -%}
    {%- set copy = "fresh_part(" ~ published_file() ~ ")" if state != "none"
        else "copy_beside(" ~ build ~ "analytics.duckdb', " ~ published_file() ~ ")" -%}
    {%- set beside, goal = run_query("select " ~ copy ~ ", " ~ published_file()).rows[0] -%}
    {%- do run_query(
        "attach '" ~ beside | replace("'", "''") ~ "' as publication (storage_version 'v1.4.0')"
    ) -%}
    {%- if state != "none" -%}
        {%- do run_query("copy from database " ~ target.database ~ " to publication") -%}
    {%- endif -%}
    {%- do record_run("success", true, "publication") -%}
    {%- do run_query("checkpoint publication") -%}
    {%- do run_query("detach publication") -%}
    {%- do run_query(finish_query(beside, goal, finish="finish_copy")) -%}
    {{ return(true) }}
{%- endmacro %}


{% macro publish_snapshot() -%}
    {#- Publishes a lake: the snapshot in which this run is a success gets the commit message
        'published', by which readers find it, once they have the right to read its files. What
        comes after it, such as the record of the exports, is for the next one. Snapshots older than
        var lake_snapshot_days go, with the files that only they had. -#}
    {%- set run_history = relation_of("run_history") -%}
    {%- set is_masked = var("pii_masking_enabled") | string | lower -%}
    {%- do record_run("success", true) -%}
    {%- do run_query("select open_to_readers(" ~ is_masked ~ ")") -%}
    {%- do adapter.commit() -%}
    {#- A commit of its own that writes no file. -#}
    {%- set publication -%}
        begin;
        call ducklake_set_commit_message('{{ target.database }}', 'dbt', 'published');
        comment on table {{ run_history }} is 'published by run {{ invocation_id }}';
        commit
    {%- endset -%}
    {%- do run_query(publication) -%}
    {%- set number -%}
        select max(snapshot_id) from ducklake_snapshots('{{ target.database }}')
        where commit_message = 'published'
    {%- endset -%}
    {%- set number = run_query(number).rows[0][0] -%}
    {%- set told -%}
        update {{ run_history }}
        set status = 'started', finished_at = null, published_snapshot = {{ number }}
        where run_id = getvariable('run_id')
    {%- endset -%}
    {%- do run_query(told) -%}
    {%- do adapter.commit() -%}
    {#- Where free blocks of a file would have to go (ask_for_rewrite), so do all before this. -#}
    {%- set note = "getvariable('warehouse_folder') || '/.build/rewrite'" -%}
    {%- set is_asked = run_query("select file_state(" ~ note ~ ")").rows[0][0] != "none" -%}
    {%- set days = 0 if is_asked else var("lake_snapshot_days") | int -%}
    {%- for lake in [target.database, "restricted"] -%}
        {%- set snapshots -%}
            select list(snapshot_id)::varchar from ducklake_snapshots('{{ lake }}')
            where
                snapshot_time < now() - interval {{ days }} days
                {%- if lake == target.database %} and snapshot_id < {{ number }} {%- endif %}
                and snapshot_id < (select id from {{ lake }}.current_snapshot())
        {%- endset -%}
        {%- set old = run_query(snapshots).rows[0][0] -%}
        {%- if old -%}
            {%- do run_query(
                "call ducklake_expire_snapshots('" ~ lake ~ "', versions => " ~ old ~ ")"
            ) -%}
            {%- do run_query(
                "call ducklake_cleanup_old_files('" ~ lake ~ "', cleanup_all => true)"
            ) -%}
            {%- do adapter.commit() -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do run_query("select rewrite_done()") -%}
    {{ return(true) }}
{%- endmacro %}


{% macro is_lake() -%}
    {#- Whether DuckLake stores what this run writes. -#}
    {{ return(adapter.is_ducklake(relation_of("run_history"))) }}
{%- endmacro %}


{% macro stale_tables() -%}
    {#- Names of tables whose parents are not what they were built from, or that are masked where
        this run is clear, or clear where it is masked: a run of some models, one that was killed,
        or a backup that was put back left the warehouse half way. One that is not there counts
        where readers have it. -#}
    {%- set names, missing = [], missing_tables() -%}
    {%- for node in graph.nodes.values()
        if node.config.materialized in ["table", "judged", "after_judged"] -%}
        {%- set comment = catalog().comments.get(relation_of(node) | string) -%}
        {%- set now = inputs_of(node) -%}
        {%- set parts = (comment or "").split("|") -%}
        {%- if comment is not none and (
            parts[1:3] != [now.rules, now.inputs]
            or node.database == target.database and masking() not in parts
        ) -%}
            {%- do names.append(node.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if missing and run_query("select file_state(" ~ published_file() ~ ")").rows[0][0]
        != "none" -%}
        {%- do run_query("attach " ~ published_file() ~ " as published (read_only)") -%}
        {%- set query -%}
            select table_name from duckdb_tables()
            where database_name = 'published' and table_name in ('{{ missing | join("', '") }}')
        {%- endset -%}
        {%- do names.extend(run_query(query).columns[0].values()) -%}
        {%- do run_query("detach published") -%}
    {%- endif -%}
    {{ return(names) }}
{%- endmacro %}


{% macro missing_tables() -%}
    {#- Names of published models that have no table yet. -#}
    {%- set names = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == "model" and node.database == target.database
        and relation_of(node) | string not in catalog().comments -%}
        {%- do names.append(node.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{% macro published_file() -%}
    {#- The path of the published file as a SQL string. -#}
    {%- set folder = run_query("select getvariable('warehouse_folder')").rows[0][0] -%}
    {{ return("'" ~ folder | replace("'", "''") ~ "/analytics.duckdb'") }}
{%- endmacro %}


{% macro left_out_after_kill(results) -%}
    {#- Names of published models and tests of severity error that this run left out, where a run
        was killed since something was published last: nobody knows what that one refused. -#}
    {%- set query -%}
        select count(*) from {{ relation_of("run_history") }}
        where
            status = 'interrupted' and command in ('build', 'run', 'retry')
            and coalesce(run_number, 0) > (
                select coalesce(max(run_number) filter (where is_published), 0)
                from {{ relation_of("run_history") }}
            )
    {%- endset -%}
    {%- set names = [] -%}
    {%- if run_query(query).rows[0][0] -%}
        {%- set done = results | map(attribute="node.unique_id") | list -%}
        {%- for node in graph.nodes.values() if node.unique_id not in done and (
            node.resource_type == "model" and node.database == target.database
            or node.resource_type == "test" and node.config.severity | lower == "error"
        ) -%}
            {%- do names.append(node.name) -%}
        {%- endfor -%}
    {%- endif -%}
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
        {%- for parent in (node.config.meta.parents or {}) | list + ["replaced"] -%}
            {%- do known.append(seen_copy(node, parent)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set query -%}
        select database_name, schema_name, table_name, 'table' as type
        from duckdb_tables()
        where
            database_name in ('{{ target.database }}', 'restricted')
            and (
                regexp_matches(comment, '^[0-9a-f]{32}[|][0-9a-f]{32}')
                or schema_name in ('landing', 'staging', 'intermediate')
            )
        union all
        select database_name, schema_name, view_name, 'view' as type
        from duckdb_views()
        where
            database_name in ('{{ target.database }}', 'restricted')
            and schema_name in ('landing', 'staging', 'intermediate')
    {%- endset -%}
    {%- for row in run_query(query).rows -%}
        {%- set relation = api.Relation.create(
            database=row[0], schema=row[1], identifier=row[2], type=row[3]
        ) -%}
        {%- if relation | string not in known -%}
            {%- do run_query("select ask_for_rewrite()") if row[0] == target.database -%}
            {%- do adapter.drop_relation(relation) -%}
            {%- do adapter.commit() -%}
            {{ log("Dropped " ~ relation ~ ": no model of the project makes it.", info=true) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
