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
{% set gates = var('quality_gates') %}
with

measures as (
    select
        'rows_min' as gate,
        source || '.' || feed as subject,
        rows_valid + rows_quarantined as value
    from {{ ref('reconciliation') }}
    union all
    select
        'quarantined_pct_max' as gate,
        source || '.' || feed as subject,
        rows_quarantined * 100.0 / nullif(rows_valid + rows_quarantined, 0) as value
    from {{ ref('reconciliation') }}
    union all
    select
        'unparseable_pct_max' as gate,
        source || '.' || feed || ' ' || column_name as subject,
        unparseable_rate * 100 as value
    from {{ ref('column_profile') }}
),

thresholds (gate, warn, error) as (
    values
    {%- for gate in ['rows_min', 'quarantined_pct_max', 'unparseable_pct_max'] %}
    (
        '{{ gate }}',
        {%- for level in ['warn', 'error'] %}
        {%- set threshold = (gates.get(gate) or {}).get(level) %}
        {{ 'null' if threshold is none else threshold | float }}::double{{ "," if not loop.last }}
        {%- endfor %}
    ){{ "," if not loop.last }}
    {%- endfor %}
),

compared as (
    select
        measures.*,
        thresholds.warn,
        thresholds.error,
        case
            when measures.gate like '%_min' then measures.value < thresholds.error
            else measures.value > thresholds.error
        end as is_error,
        case
            when measures.gate like '%_min' then measures.value < thresholds.warn
            else measures.value > thresholds.warn
        end as is_warning
    from measures
    inner join thresholds
        on measures.gate = thresholds.gate
)

select
    gate,
    subject,
    value,
    warn,
    error,
    case when is_error then 2 else 1 end as level
from compared
where is_error or is_warning
