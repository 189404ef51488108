with

rules as (
    select * from {{ ref('int_rules_versioned') }}
),

failed as (
    select
        source,
        feed,
        error_reason,
        count(*) as rows_failed
    from {{ ref('validation_errors') }}
    group by source, feed, error_reason
),

checked as (
    select
        source,
        feed,
        rows_valid + rows_quarantined as rows_checked
    from {{ ref('reconciliation') }}
)

select
    rules.source,
    rules.feed,
    rules.rule_id,
    rules.tier,
    rules.rule_rank,
    rules.field,
    rules.description,
    rules.condition,
    rules.rule_version,
    coalesce(failed.rows_failed, 0)::bigint as rows_failed,
    checked.rows_checked::bigint as rows_checked,
    case
        when checked.rows_checked > 0
            then 1 - coalesce(failed.rows_failed, 0)::double / checked.rows_checked
    end as pass_rate
from rules
inner join checked
    on
        rules.source = checked.source
        and rules.feed = checked.feed
left join failed
    on
        rules.source = failed.source
        and rules.feed = failed.feed
        and rules.rule_id = failed.error_reason
