-- What: every rule of the seed dq_rules belongs to a known feed, has a condition in the model that
-- judges it, a tier of 1 or 2, a rank of its own within the feed, and words for people; no rule
-- stands there twice.
-- Why: a misspelt rule_id or tier switches the rule off in silence; two equal ranks leave it to
-- chance which reason a row is given.
-- Resolve: fix the row of seeds/reference/dq_rules.csv. To switch a rule off on purpose, delete
-- its row.
{{ config(severity='error') }}
with

rules as (
    select
        *,
        count(*) over (partition by source, feed, try_cast(rank as integer)) as rules_of_rank,
        count(*) over (partition by source, feed, rule_id) as rows_of_rule
    from {{ ref('dq_rules') }}
),

conditions as (
    select * from {{ ref('int_rules_versioned') }}
),

checked as (
    select
        rules.*,
        case
            when rules.tier is null or rules.tier not in ('1', '2') then 'tier is not 1 or 2'
            when try_cast(rules.rank as integer) is null then 'rank is no whole number'
            when rules.rules_of_rank > 1 then 'rank is not unique in the feed'
            when rules.rows_of_rule > 1 then 'rule stands there twice'
            when conditions.rule_id is null then 'no model judges this feed by this rule'
            when coalesce(trim(rules.field), '') = '' then 'field is blank'
            when coalesce(trim(rules.description), '') = '' then 'description is blank'
            when coalesce(trim(rules.fix_hint), '') = '' then 'fix_hint is blank'
        end as problem
    from rules
    left join conditions
        on
            rules.source = conditions.source
            and rules.feed = conditions.feed
            and rules.rule_id = conditions.rule_id
)

select * from checked
where problem is not null
