-- What: every record of every accepted file is valid, withheld, superseded, deleted or rejected,
-- and no feed is missing from the account.
-- Why: a difference means that the warehouse has lost or doubled a row; no figure of that feed can
-- be trusted.
-- Resolve: compare the counts of the feed from landing to marts (models/quality/reconciliation.sql
-- says where each is counted); `dbt build --full-refresh` rebuilds everything from the landed rows.
{{ config(severity='error') }}

with

feeds as (
    {% for feed in feeds().values() %}
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    feeds.source,
    feeds.feed,
    reconciliation.difference
from feeds
left join {{ ref('reconciliation') }} as reconciliation
    on
        feeds.source = reconciliation.source
        and feeds.feed = reconciliation.feed
where
    reconciliation.difference is distinct from 0
    and {{ "false" if limits() else "true" }}  -- --empty and --sample leave rows out
