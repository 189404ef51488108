{% macro check_zone() -%}
    {#- Stops a run before anything changes where the landing zone is missing, empty for the first
        time, or has none of the feeds' folders (python/benefits_warehouse/landing/zone.py). -#}
    {%- if landing_zone() and flags.WHICH in ["build", "run", "retry"] -%}
        {%- set ledger = relation_of("landing_ledger") -%}
        {%- set has_loaded = "exists (from " ~ ledger ~ " where status = 'loaded')"
            if ledger | string in catalog().comments else "false" -%}
        {%- set zone = landing_zone() | string | replace("'", "''") -%}
        {%- set names = "'" ~ feeds().keys() | join("', '") ~ "'" -%}
        {%- set told = run_query(
            "select zone_problem('" ~ zone ~ "', [" ~ names ~ "], " ~ has_loaded ~ ")"
        ).rows[0][0] -%}
        {%- if told -%}
            {{ exceptions.raise_compiler_error("Nothing was changed. " ~ told) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
