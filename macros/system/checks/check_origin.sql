{% macro check_origin() -%}
    {#- A warehouse is fed by seeds or by a landing zone, never by both: sample rows among real ones
        would be believed. And a feed has one mode, since a delta that was landed as a snapshot has
        lost what it left out. With the var change_origin it starts anew: what was built from the
        other origin (its comment is a stamp; snapshots have one too) is dropped, the logs of
        quality and at last the ledger are emptied, and landing then removes what no ledger row
        names. -#}
    {%- set ledger = relation_of("landing_ledger") -%}
    {%- if ledger | string in catalog().comments -%}
        {%- set wanted = "landing_zone" if landing_zone() else "seeds" -%}
        {%- set query -%}
            select 'is fed by ' || origin || ', and this run asks for {{ wanted }}'
            from {{ ledger }} where origin <> '{{ wanted }}'
            {%- for name, feed in feeds().items() %}
            union all
            select
                'has a feed of another mode: {{ name }} was loaded as ' || mode
                || ', and this run asks for {{ feed.mode }}'
            from {{ ledger }}
            where
                source = '{{ feed.source }}' and feed = '{{ feed.feed }}'
                and status = 'loaded' and mode <> '{{ feed.mode }}'
            {%- endfor %}
            limit 1
        {%- endset -%}
        {%- set found = run_query(query).rows -%}
        {%- if found and var("change_origin") -%}
            {%- set stamped -%}
                select database_name, schema_name, table_name
                from duckdb_tables()
                where
                    database_name in ('{{ target.database }}', 'restricted')
                    and regexp_matches(comment, '^[0-9a-f]{32}[|][0-9a-f]{32}')
            {%- endset -%}
            {%- for row in run_query(stamped).rows -%}
                {#- By the adapter, so that dbt forgets it too: snapshots ask dbt what is there. -#}
                {%- do adapter.drop_relation(api.Relation.create(
                    database=row[0], schema=row[1], identifier=row[2], type="table"
                )) -%}
                {%- do adapter.commit() -%}
            {%- endfor -%}
            {%- for name in [
                "quarantine_history", "quality_trends", "rule_versions", "findings",
                "finding_events", "landing_ledger"
            ] if relation_of(name) | string in catalog().comments -%}
                {%- do adapter.commit() -%}
                {%- do run_query("delete from " ~ relation_of(name)) -%}
            {%- endfor -%}
            {%- do catalog(is_new=true) -%}
            {{ log("This warehouse starts anew from " ~ wanted ~ " (change_origin).", info=true) }}
        {%- elif found -%}
            {{ exceptions.raise_compiler_error(
                "This warehouse " ~ found[0][0] ~ ". Nothing was changed. Either name another "
                ~ "folder in BENEFITS_DB_DIR, or start this warehouse anew with "
                ~ "--vars '{change_origin: true}'."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
