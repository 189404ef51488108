{% macro check_origin() -%}
    {#- A warehouse is fed by seeds or by a landing zone, never by both: sample rows among real ones
        would be believed. With the var change_origin it starts anew: the ledger and the logs of
        quality are emptied, and landing then removes what no ledger row names. -#}
    {%- set ledger = ops_relation("landing_ledger") -%}
    {%- if ledger | string in existing_tables() -%}
        {%- set wanted = "landing_zone" if landing_zone() else "seeds" -%}
        {%- set found = run_query(
            "select any_value(origin) from " ~ ledger ~ " where origin <> '" ~ wanted ~ "'"
        ).rows[0][0] -%}
        {%- if found and var("change_origin") -%}
            {%- for name in ["landing_ledger", "quarantine_history", "quality_trends", "rule_versions"]
                if ops_relation(name) | string in existing_tables() -%}
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
