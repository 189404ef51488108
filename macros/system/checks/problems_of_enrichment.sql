{% macro problems_of_enrichment() -%}
    {#- What makes no sense in the vars enrichment_*, for check_vars. -#}
    {%- set problems = [] -%}
    {%- if var("enrichment_mode") not in ["stub", "http"] -%}
        {%- do problems.append("enrichment_mode must be stub or http") -%}
    {%- elif var("enrichment_mode") == "http" and not var("enrichment_base_url") -%}
        {%- do problems.append("enrichment_mode http needs enrichment_base_url") -%}
    {%- endif -%}
    {%- if var("enrichment_allow_insecure") is not boolean -%}
        {%- do problems.append("enrichment_allow_insecure must be true or false, unquoted") -%}
    {%- endif -%}
    {%- for name, least in {
        "ttl_days": 0, "attempt_seconds": 0.1, "domain_seconds": 0.1, "run_seconds": 0.1,
        "attempts": 1, "calls_at_once": 1,
    }.items() -%}
        {%- set number = var("enrichment_" ~ name) -%}
        {%- if number is not number or number is boolean or number < least
            or (name in ["attempts", "calls_at_once"] and number is not integer) -%}
            {%- do problems.append("enrichment_" ~ name ~ " must be a number from " ~ least) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}
