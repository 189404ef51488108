-- Rows that a rule withholds from the marts, by sender. A row of two such rules is in both.
with

{% for feed in feeds().values() -%}
{{ feed.entity }} as (
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        coalesce(sender, '') as sender,
        {{ "abs(amount)" if "amount" in feed.columns else "null::decimal(18, 2)" }} as amount,
        unnest(all_reasons) as rule_id
    from {{ ref(feed.judged) }}
    where is_current and not is_valid and not is_deleted
),

{% endfor -%}
withheld as (
    {%- for feed in feeds().values() %}
    select * from {{ feed.entity }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

rules as (
    select * from {{ ref('int_rules_versioned') }}
),

counted as (
    select
        source,
        feed,
        {{ shown_name('sender') }} as sender,
        rule_id,
        count(*) as withheld_rows,
        sum(amount) as money_at_stake
    from withheld
    group by source, feed, {{ shown_name('sender') }}, rule_id
)

select
    concat_ws('|', counted.source, counted.feed, counted.sender, counted.rule_id) as natural_key,
    false as is_event,
    true as is_open,
    null as company_ein,
    concat_ws(' ', counted.source || '.' || counted.feed, nullif(counted.sender, ''), rules.rule_id)
        as subject,
    format(
        '{} of {}.{}{} withheld{}: {}', {{ counted('counted.withheld_rows', 'row') }},
        counted.source, counted.feed, coalesce(' from ' || nullif(counted.sender, ''), ''),
        coalesce(' (' || {{ us_money('counted.money_at_stake') }} || ')', ''), rules.description
    ) as summary,
    counted.withheld_rows as measured,
    counted.money_at_stake,
    null::date as period_start,
    null::date as period_end,
    'quality.validation_errors' as evidence_relation,
    {{ evidence_filter({
        'source': 'counted.source', 'feed': 'counted.feed', 'error_reason': 'counted.rule_id',
    }) }}
    || if(
        counted.sender = '', '',
        ' and starts_with(source_file, '
        || {{ sql_text("'sender=' || counted.sender || '/'") }} || ')'
    ) as evidence_filter,
    []::varchar[] as subject_ids
from counted
inner join rules
    on
        counted.source = rules.source
        and counted.feed = rules.feed
        and counted.rule_id = rules.rule_id
