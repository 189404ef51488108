{% macro check_origin() -%}
    {#- A warehouse is fed by seeds or by a landing zone, never by both: sample rows among real ones
        would be believed. With the var change_origin it starts anew: what was built from the
        other origin (its comment is a stamp; snapshots have one too) is dropped, the logs of
        quality and at last the ledger are emptied, and landing then removes what no ledger row
        names. -#}
    {%- set ledger = ops_relation("landing_ledger") -%}
    {%- if ledger | string in existing_tables() -%}
        {%- set wanted = "landing_zone" if landing_zone() else "seeds" -%}
        {%- set found = run_query(
            "select any_value(origin) from " ~ ledger ~ " where origin <> '" ~ wanted ~ "'"
        ).rows[0][0] -%}
        {%- if found and var("change_origin") -%}
            {%- set stamped -%}
                select database_name, schema_name, table_name
                from duckdb_tables()
                where comment like '%|%'
            {%- endset -%}
            {%- for row in run_query(stamped).rows -%}
                {#- By the adapter, so that dbt forgets it too: snapshots ask dbt what is there. -#}
                {%- do adapter.drop_relation(api.Relation.create(
                    database=row[0], schema=row[1], identifier=row[2], type="table"
                )) -%}
                {%- do adapter.commit() -%}
            {%- endfor -%}
            {%- for name in [
                "quarantine_history", "quality_trends", "rule_versions", "landing_ledger"
            ] if ops_relation(name) | string in existing_tables() -%}
                {%- do adapter.commit() -%}
                {%- do run_query("delete from " ~ ops_relation(name)) -%}
            {%- endfor -%}
            {{ log("The warehouse starts anew from " ~ wanted ~ " (change_origin).", info=true) }}
        {%- elif found -%}
            {{ exceptions.raise_compiler_error(
                "This warehouse is fed by " ~ found ~ ", and this run asks for " ~ wanted
                ~ ". Nothing was changed. Either name another folder in BENEFITS_DB_DIR, or start "
                ~ "this warehouse anew with --vars '{change_origin: true}'."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
