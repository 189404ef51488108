{% macro judge(feed_name, facts, rules, step="", before=none) -%}
{#-
    The CTEs that end in `judged`: which rules fire on a row, and what follows from it. `step`
    begins their names where a model judges twice; the second call names the first step in `before`.

    facts: name of a CTE with one row per row to judge, of which only those that are is_current are;
    rules: dict of rule_id to condition over it. A null condition does not fire. Tier and rank come
    from the seed dq_rules when the query runs, so an edit of the seed changes the outcome; a rule
    that is not in the seed is switched off.

    The rules that fired are bits of one number (fired_bits); its lists are joined from `verdicts`,
    which has every set of up to three rules, and are put together row by row beyond that: lists
    and lambdas on every row cost more than all rules. Adds dq_flags (tier 1) and all_reasons
    (tier 2), both in rank order and never null, rejection_reason (the first of all_reasons) and
    is_valid.
-#}
{%- set feed = feed_of(feed_name) -%}
{%- set numbered = rules_of(feed).keys() | list -%}
{%- do numbered.extend(rules | reject("in", numbered) | list) -%}
{{ step }}fired as (
    select
        {{ facts }}.*{{ " exclude (fired_bits)" if before }},
        case
            when is_current
                then {{ "fired_bits" if before else "0::bigint" }}
                {%- for rule_id, condition in rules.items() %}
                + case when {{ condition }} then {{ 2 ** numbered.index(rule_id) }} else 0 end
                {%- endfor %}
            else 0
        end as fired_bits
    from {{ facts }}
),

{{ step }}registry as (
    select
        known.rule_id,
        known.bit::bigint as bit,
        try_cast(rules.rank as integer) as rule_rank,
        rules.tier
    from {{ ref('dq_rules') }} as rules
    inner join ( -- noqa: ST05
        values
        {%- for rule_id in numbered %}
        ('{{ rule_id }}', {{ 2 ** loop.index0 }}){{ "," if not loop.last }}
        {%- endfor %}
    ) as known (rule_id, bit)
        on rules.rule_id = known.rule_id
    where rules.source = '{{ feed.source }}' and rules.feed = '{{ feed.feed }}'
),

{{ step }}masks as (
    select
        coalesce(sum(bit), 0)::bigint as known_bits,
        coalesce(sum(bit) filter (where tier = '2'), 0)::bigint as reason_bits,
        {%- set rule = "{'bit': bit, 'rule_id': rule_id}" %}
        {{ list_in_order(rule, "rule_rank", "tier = '1'") }} as flags,
        {{ list_in_order(rule, "rule_rank", "tier = '2'") }} as reasons
    from {{ step }}registry
),

{{ step }}sets as (
    select 0::bigint as bits
    union
    select first.bit | second.bit | third.bit as bits
    from {{ step }}registry as first
    cross join {{ step }}registry as second
    cross join {{ step }}registry as third
),

{{ step }}verdicts as (
    select
        sets.bits,
        coalesce(
            {{ list_in_order("registry.rule_id", "registry.rule_rank", "registry.tier = '1'") }}, []
        ) as flags,
        coalesce(
            {{ list_in_order("registry.rule_id", "registry.rule_rank", "registry.tier = '2'") }}, []
        ) as reasons
    from {{ step }}sets as sets
    left join {{ step }}registry as registry
        on sets.bits & registry.bit <> 0
    group by sets.bits
),

{{ step }}judged as (
    select
        fired.*,
        {%- for column, rules_of_tier in {"dq_flags": "flags", "all_reasons": "reasons"}.items() %}
        case
            when verdicts.bits is not null then verdicts.{{ rules_of_tier }}
            else list_transform(
                list_filter(
                    coalesce(masks.{{ rules_of_tier }}, []),
                    lambda rule: fired.fired_bits & rule.bit <> 0
                ),
                lambda rule: rule.rule_id
            )
        end as {{ column }},
        {%- endfor %}
        all_reasons[1] as rejection_reason,
        fired.is_current and fired.fired_bits & masks.reason_bits = 0 as is_valid
    from {{ step }}fired as fired
    cross join {{ step }}masks as masks
    left join {{ step }}verdicts as verdicts
        on fired.fired_bits & masks.known_bits = verdicts.bits
)
{%- endmacro %}
