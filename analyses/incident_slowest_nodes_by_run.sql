-- Question: where does the time of the last run go, and which nodes became slower?
-- Reading: one row per node of the newest run, the slowest first. times_usual compares with the
-- median of the earlier runs that built the node. If one node grew, read its model: it has a
-- join that multiplies rows, or a key that everybody shares (incident_keys_that_grew.sql). If all
-- nodes of one feed grew alike, the feed grew (incident_volume_by_load.sql). If everything grew,
-- it is the machine, its memory limit, or another process on it.
with

nodes as (
    select * from {{ ref('node_history') }}
    where resource_type not in ('operation', 'export') and message <> 'UNCHANGED'
),

runs as (
    select * from {{ ref('run_history') }}
),

timed as (
    select
        nodes.*,
        runs.started_at,
        median(nodes.execution_seconds) over (
            partition by nodes.node order by runs.started_at
            rows between unbounded preceding and 1 preceding
        ) as usual_seconds,
        sum(nodes.execution_seconds) over (partition by nodes.run_id) as run_seconds
    from nodes
    inner join runs
        on nodes.run_id = runs.run_id
),

final as (
    select
        *,
        round(100 * execution_seconds / nullif(run_seconds, 0), 1) as share_pct,
        round(execution_seconds / nullif(usual_seconds, 0), 2) as times_usual
    from timed
    qualify started_at = max(started_at) over ()
)

select
    split_part(node, '.', 3) as node_name,
    resource_type,
    round(execution_seconds, 3) as seconds,
    times_usual,
    round(usual_seconds, 3) as usual_seconds,
    share_pct,
    status,
    message,
    node,
    run_id
from final
order by execution_seconds desc, node asc
