{% macro export_files() -%}
    {#- The files of a good build, each whole or not at all, sorted so that the same data gives the same bytes. -#}
    {%- set person = ops_relation("dim_employees") -%}
    {%- set company = ops_relation("dim_companies") -%}
    {%- do export_file("clean_data.parquet", "select employees.*, companies.company_name, companies.industry, "
        ~ "companies.revenue, companies.headcount, companies.enrichment_status from " ~ person
        ~ " as employees left join " ~ company ~ " as companies using (company_ein) "
        ~ "where not employees.is_deleted order by person_id") -%}
    {%- do export_csv("validation_errors.csv", "validation_errors", ["row_id", "field", "error_reason"],
        ["row_id", "tier desc", "rule_rank"]) -%}
    {%- do export_csv("sql_gaps.csv", "plan_gaps",
        ["company_name", "gap_start", "gap_end", "gap_length_days", "previous_carrier", "next_carrier"],
        ["company_ein", "plan_type", "gap_start"], "gap_type = 'internal'") -%}
    {%- do export_csv("sql_spikes.csv", "claims_cost_spikes",
        ["company_name", "window_start", "window_end", "prev_90d_cost", "current_90d_cost", "pct_change"],
        ["company_ein", "first_flagged_on"]) -%}
    {%- do export_csv("sql_roster.csv", "roster_mismatch",
        ["company_name", "expected", "observed", "pct_diff", "severity"], ["company_ein"]) -%}
    {%- do export_csv("quarantine_transactions.csv", "quarantine_transactions", [], ["row_id"]) -%}
    {%- do export_file("run_log.jsonl", "select * from " ~ ops_relation("run_history")
        ~ " order by started_at, run_id") -%}
{%- endmacro %}
