-- A log: what the scorecard and the column profile said at the end of each run, one measure a row,
-- so that a chart or a test can follow any of them over time.
{{ config(
    materialized='incremental',
    full_refresh=false
) }}
{%- set measures = {
    'rule': ['rows_failed', 'rows_checked', 'pass_rate'],
    'column': [
        'rows_total', 'null_rate', 'distinct_count', 'unparseable_rate', 'newest_unparseable_rate'
    ],
} %}

with

of_rules as (
    select
        *,
        rule_id as subject
    from {{ ref('dq_scorecard') }}
),

of_columns as (
    select
        *,
        column_name as subject
    from {{ ref('column_profile') }}
),

final as (
    {%- for kind, names in measures.items() %}
    select
        '{{ kind }}' as kind,
        source,
        feed,
        subject,
        unnest({{ names }}) as measure,
        unnest([{{ names | join('::double, ') }}::double]) as value
    from of_{{ kind }}s
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    getvariable('run_id') as run_id,
    timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as recorded_at,
    kind,
    source,
    feed,
    subject,
    measure,
    value
from final
where value is not null
