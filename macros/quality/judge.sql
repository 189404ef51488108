{% macro judge(feed_name, facts, rules, fired_before=none, step="") -%}
{#-
    The CTEs `fired`, `registry` and `judged`: which rules fire on a row, and what follows from it.
    `step` begins their names where a model judges twice.

    facts: name of a CTE with one row per current row; rules: dict of rule_id to condition over it.
    A null condition does not fire. Tier and rank come from the seed dq_rules when the query runs,
    so an edit of the seed changes the outcome; a rule that is not in the seed is switched off.
    fired_before: column with the rules that an earlier step found, for rules that need a first
    verdict. Adds fired_rules, dq_flags (tier 1) and all_reasons (tier 2), both in rank order and
    never null, rejection_reason (the first of all_reasons) and is_valid.
-#}
{%- set feed = feeds()[feed_name] -%}
{{ step }}fired as (
    select
        {{ facts }}.*{% if fired_before %} exclude ({{ fired_before }}){% endif %},
        {% if fired_before %}{{ fired_before }} || {% endif %}case
            when
                {% for condition in rules.values() -%}
                ({{ condition }}){{ " or " if not loop.last }}
                {% endfor %}
                then list_filter(
                    [
                        {%- for rule_id, condition in rules.items() %}
                        case when {{ condition }} then '{{ rule_id }}' end{{ "," if not loop.last }}
                        {%- endfor %}
                    ],
                    lambda rule: rule is not null
                )
            else []::varchar[]
        end as fired_rules
    from {{ facts }}
),

{{ step }}registry as (
    select
        coalesce(list(rule_id order by rank::integer) filter (where tier = '1'), []) as flags,
        coalesce(list(rule_id order by rank::integer) filter (where tier = '2'), []) as reasons
    from {{ ref('dq_rules') }}
    where source = '{{ feed.source }}' and feed = '{{ feed.feed }}'
),

{{ step }}judged as (
    select
        fired.*,
        case
            when len(fired.fired_rules) = 0 then []::varchar[]
            else list_filter(registry.flags, lambda rule: list_contains(fired.fired_rules, rule))
        end as dq_flags,
        case
            when len(fired.fired_rules) = 0 then []::varchar[]
            else list_filter(registry.reasons, lambda rule: list_contains(fired.fired_rules, rule))
        end as all_reasons,
        all_reasons[1] as rejection_reason,
        len(all_reasons) = 0 as is_valid
    from {{ step }}fired as fired
    cross join {{ step }}registry as registry
)
{%- endmacro %}
