{% macro export_files() -%}
    {#- The files of a good build, each whole or not at all, sorted so that the same data gives the
        same bytes. -#}
    {%- set clean_data -%}
        select
            employees.*,
            companies.company_name,
            companies.industry,
            companies.revenue,
            companies.headcount,
            companies.enrichment_status
        from {{ relation_of("dim_employees") }} as employees
        left join {{ relation_of("dim_companies") }} as companies
            on employees.company_ein = companies.company_ein
        where not employees.is_deleted
        order by employees.person_id
    {%- endset -%}
    {%- do export_file(
        "clean_data.parquet",
        clean_data,
        [relation_of("dim_employees"), relation_of("dim_companies")],
    ) -%}
    {%- do export_csv(
        "validation_errors.csv",
        "validation_errors",
        first_columns=["row_id", "field", "error_reason"],
        order_by=["row_id", "tier desc", "rule_rank"],
    ) -%}
    {%- do export_csv(
        "sql_gaps.csv",
        "plan_gaps",
        first_columns=[
            "company_name", "gap_start", "gap_end", "gap_length_days",
            "previous_carrier", "next_carrier",
        ],
        order_by=["company_ein", "plan_type", "gap_start"],
        condition="gap_type = 'internal'",
    ) -%}
    {%- do export_csv(
        "sql_spikes.csv",
        "claims_cost_spikes",
        first_columns=[
            "company_name", "window_start", "window_end",
            "prev_90d_cost", "current_90d_cost", "pct_change",
        ],
        order_by=["company_ein", "first_flagged_on"],
    ) -%}
    {%- do export_csv(
        "sql_roster.csv",
        "roster_mismatch",
        first_columns=["company_name", "expected", "observed", "pct_diff", "severity"],
        order_by=["company_ein"],
    ) -%}
    {%- do export_csv(
        "quarantine_transactions.csv",
        "quarantine_transactions",
        first_columns=[],
        order_by=["row_id"],
    ) -%}
{%- endmacro %}
