-- Question: did a column change its meaning, its content or its format?
-- Reading: one row per delivered column, the worst first. drift says what the headers of the
-- deliveries brought: a column was added, stopped coming, or no longer parses ("retyped").
-- unparseable_pct and null_pct are shares of all landed rows of the feed. distinct_count is an
-- estimate. A constant column (is_constant) that should vary holds a default value. The profile
-- shows one state, the latest build. To compare it with an earlier one, attach a kept copy of
-- analytics.duckdb and join by source, feed and column_name. A value that still parses but means
-- something else (cents for dollars, day for month) does not show here: look at the amounts and
-- the busiest days of the facts by load_id.
with

profile as (
    select * from {{ ref('column_profile') }}
),

drift as (
    select
        source,
        feed,
        column_name,
        string_agg(drift || ' (' || severity || ')', ', ' order by drift) as drift,
        max(detected_at) as detected_at
    from {{ ref('schema_drift') }}
    group by source, feed, column_name
),

final as (
    select
        coalesce(profile.source, drift.source) as source,
        coalesce(profile.feed, drift.feed) as feed,
        coalesce(profile.column_name, drift.column_name) as column_name,
        profile.rows_total,
        round(100 * profile.null_rate, 2) as null_pct,
        round(100 * profile.unparseable_rate, 2) as unparseable_pct,
        profile.distinct_count,
        profile.distinct_count <= 1 and profile.rows_total > 1 as is_constant,
        drift.drift,
        drift.detected_at
    from profile
    full join drift
        on
            profile.source = drift.source
            and profile.feed = drift.feed
            and profile.column_name = drift.column_name
)

select
    source,
    feed,
    column_name,
    drift,
    unparseable_pct,
    null_pct,
    is_constant,
    distinct_count,
    rows_total,
    detected_at
from final
order by
    drift is null asc,
    unparseable_pct desc nulls last,
    null_pct desc nulls last,
    source asc,
    feed asc,
    column_name asc
