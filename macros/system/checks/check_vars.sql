{% macro check_vars() -%}
    {#- A var that makes no sense stops the run before anything changes, with what would make
        sense. -#}
    {%- set problems = [] -%}
    {%- if var("pii_masking_enabled") is not boolean -%}
        {%- do problems.append("pii_masking_enabled must be true or false, without quotes") -%}
    {%- endif -%}
    {%- do problems.extend(problems_of_enrichment() + problems_of_gates()) -%}
    {%- if var("date_order") not in ["mdy", "dmy"] -%}
        {%- do problems.append("date_order must be mdy or dmy") -%}
    {%- endif -%}
    {%- if var("roster_severity_bands") | sort != var("roster_severity_bands")
        or var("roster_severity_bands") | length != 3 -%}
        {%- do problems.append("roster_severity_bands must be three ascending numbers") -%}
    {%- endif -%}
    {%- for name, mode in var("feed_modes").items() -%}
        {%- if name not in var("feeds") or mode not in ["snapshot", "delta"] -%}
            {%- do problems.append("feed_modes: there is no feed " ~ name ~ " or mode " ~ mode) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if var("as_of_date")
        and not modules.re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", var("as_of_date") | string) -%}
        {%- do problems.append("as_of_date must be YYYY-MM-DD or empty") -%}
    {%- else -%}
        {#- A day that no calendar has stops the run here. -#}
        {%- do as_of_date() -%}
    {%- endif -%}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error(
            "Nothing was changed. Fix the vars: " ~ problems | join("; ")
        ) }}
    {%- endif -%}
{%- endmacro %}


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


{% macro problems_of_gates() -%}
    {#- What makes no sense in var quality_gates, for check_vars. -#}
    {%- set problems = [] -%}
    {#- A misspelt gate or feed would switch the gate off in silence. -#}
    {%- for gate, levels in var("quality_gates").items() -%}
        {%- if gate not in [
            "rows_min", "quarantined_pct_max", "unparseable_pct_max", "overdue_days_max",
            "volume_times_min", "volume_times_max",
        ] -%}
            {%- do problems.append("quality_gates has no gate " ~ gate) -%}
        {%- endif -%}
        {%- for given in (levels or {}).values() if given is mapping -%}
            {%- for feed in given if feed not in var("feeds") -%}
                {%- do problems.append("quality_gates." ~ gate ~ ": there is no feed " ~ feed) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}
