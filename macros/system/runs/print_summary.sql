{% macro print_summary(status, exported, bad) -%}
    {#- What a person wants to know at the end of a build. Rules and counts only, no values of
        rows. -#}
    {%- set query -%}
        select *, getvariable('warehouse_folder') as folder
        from {{ ops_relation("run_history") }}
        where run_id = getvariable('run_id')
    {%- endset -%}
    {%- set run = run_query(query).rows[0] -%}
    {%- set seconds = "%.1f" % run["runtime_seconds"] -%}
    {%- set lines = ["", "Benefits warehouse: " ~ status ~ " in " ~ seconds ~ " s"] -%}
    {%- for label, column in [
        ["rows in", "rows_in"], ["rows out", "rows_out"], ["quarantined", "rows_quarantined"],
        ["validation errors", "validation_errors"], ["companies enriched", "enriched"],
        ["enrichment failed", "enrichment_failed"],
    ] -%}
        {%- if run[column] is not none -%}
            {%- set number = "{:,}".format(run[column] | int) -%}
            {%- set why = summary_enrichment() if column == "enrichment_failed" else "" -%}
            {%- do lines.append("  %-20s %s %s" % (label, number, why)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for rule in summary_rules() -%}
        {%- do lines.append("    %-50s %s" % (rule[0], "{:,}".format(rule[1] | int))) -%}
    {%- endfor -%}
    {%- for change in summary_changes() -%}
        {%- do lines.append("  " ~ change[0]) -%}
    {%- endfor -%}
    {%- for warning in summary_deliveries() -%}
        {%- do lines.append("  %-20s %s" % (warning[0], warning[1])) -%}
    {%- endfor -%}
    {%- for file in summary_files() -%}
        {%- do lines.append("  " ~ file[0] ~ ": " ~ file[1]) -%}
    {%- endfor -%}
    {%- if bad -%}
        {%- set names = bad | map(attribute="node.name") | join(", ") -%}
        {%- do lines.append("  not published; mend and run again: " ~ names) -%}
    {%- else -%}
        {%- do lines.append("  database             " ~ run["folder"] ~ "/analytics.duckdb") -%}
    {%- endif -%}
    {%- if exported -%}
        {%- do lines.append("  exports              " ~ export_folder()) -%}
    {%- endif -%}
    {{ print(lines | join("\n")) }}
{%- endmacro %}
