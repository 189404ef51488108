{% macro problems_of_gates() -%}
    {#- What makes no sense in var quality_gates, for check_vars. -#}
    {%- set problems = [] -%}
    {#- A misspelt gate or feed would switch the gate off in silence. -#}
    {%- for gate, levels in var("quality_gates").items() -%}
        {%- if gate not in [
            "rows_min", "quarantined_pct_max", "unparseable_pct_max", "overdue_days_max",
            "volume_times_min", "volume_times_max",
        ] -%}
            {%- do problems.append("quality_gates knows no " ~ gate) -%}
        {%- endif -%}
        {%- for given in (levels or {}).values() if given is mapping -%}
            {%- for feed in given if feed not in var("feeds") -%}
                {%- do problems.append("quality_gates." ~ gate ~ " knows no feed " ~ feed) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}
