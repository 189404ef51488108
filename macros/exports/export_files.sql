{% macro export_files() -%}
    {#- The files of a good build, each whole or not at all, sorted so that the same data gives the
        same bytes. Errors come with those that withhold first, then newest files first. -#}
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
        "findings.csv",
        "findings",
        first_columns=[
            "finding_id", "status", "severity", "company_name", "kind", "summary", "money_at_stake",
            "next_step", "contact",
        ],
        order_by=[
            "resolved_at nulls first",
            "list_position(['Critical', 'High', 'Medium', 'Low'], severity)",
            "money_at_stake desc nulls last", "finding_id",
        ],
    ) -%}
    {%- do export_csv(
        "validation_errors.csv",
        "validation_errors",
        first_columns=["row_id", "field", "error_reason"],
        order_by=["tier desc", "row_id // 100000000000 desc", "row_id", "rule_rank"],
    ) -%}
    {%- do export_file(
        "validation_errors.parquet",
        "select * from " ~ relation_of("validation_errors") ~ " order by row_id, rule_rank",
        [relation_of("validation_errors")],
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
