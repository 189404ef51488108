-- What: measures of the feeds stay within the thresholds of the var quality_gates: rows that are
-- there, the share of them that is withheld, the share of a column's values that can't be read.
-- Why: bad rows are withheld one by one and never stop a run; where they become many, it is the
-- delivery that is bad. Level 1 warns; level 2 fails the build, so that nothing is published. The
-- defaults only warn.
-- Resolve: quality.dq_scorecard names the rule, quality.validation_errors the rows; ask the sender
-- for a better file, or move the threshold in dbt_project.yml if this is how the feed is.
{{ config(
    severity='error',
    fail_calc='coalesce(max(level), 0)',
    warn_if='>= 1',
    error_if='>= 2'
) }}
with

measures as (
    select
        'rows_min' as gate,
        source || '.' || feed as feed,
        null as column_name,
        rows_valid + rows_quarantined as value
    from {{ ref('reconciliation') }}
    union all
    select
        'quarantined_pct_max' as gate,
        source || '.' || feed as feed,
        null as column_name,
        rows_quarantined * 100.0 / nullif(rows_valid + rows_quarantined, 0) as value
    from {{ ref('reconciliation') }}
    union all
    select
        'unparseable_pct_max' as gate,
        source || '.' || feed as feed,
        column_name,
        unparseable_rate * 100 as value
    from {{ ref('column_profile') }}
),

{{ beyond_gates(['rows_min', 'quarantined_pct_max', 'unparseable_pct_max']) }}

select * from beyond
