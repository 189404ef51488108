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
        {%- do problems.append("roster_severity_bands must be three growing numbers") -%}
    {%- endif -%}
    {%- for name, mode in var("feed_modes").items() -%}
        {%- if name not in var("feeds") or mode not in ["snapshot", "delta"] -%}
            {%- do problems.append("feed_modes knows no feed " ~ name ~ " or mode " ~ mode) -%}
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
            "Nothing was changed. Mend the vars: " ~ problems | join("; ")
        ) }}
    {%- endif -%}
{%- endmacro %}
