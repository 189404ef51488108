-- The registry with the condition of each rule. The version is a digest of all that decides a
-- verdict: it changes with tier, rank, field or condition, and not with a better description.
with

rules as (
    select * from {{ ref('dq_rules') }}
),

conditions (source, feed, rule_id, condition) as (
    values
    {%- for feed in feeds().values() %}
    {%- set last_feed = loop.last %}
    {%- for rule_id, condition in rules_of(feed).items() %}
    (
        '{{ feed.source }}', '{{ feed.feed }}', '{{ rule_id }}',
        '{{ shown_condition(condition) | replace("'", "''") }}'
    ){{ "," if not (loop.last and last_feed) }}
    {%- endfor %}
    {%- endfor %}
),

final as (
    select
        rules.source,
        rules.feed,
        rules.rule_id,
        try_cast(rules.tier as integer) as tier,
        try_cast(rules.rank as integer) as rule_rank,
        rules.field,
        rules.description,
        rules.fix_hint,
        conditions.condition,
        left(
            md5(concat_ws(chr(31), rules.tier, rules.rank, rules.field, conditions.condition)), 8
        ) as rule_version
    from rules
    inner join conditions
        on
            rules.source = conditions.source
            and rules.feed = conditions.feed
            and rules.rule_id = conditions.rule_id
)

select * from final
