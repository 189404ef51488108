{% set replaced = [] %}
{% for name, feed in feeds().items() if not feed.is_endless %}
{% do replaced.append("'" ~ name ~ "'") %}
{% endfor %}
{{ config(
    materialized='after_judged',
    unique_key='row_id',
    meta={'replaced': "source || '.' || feed in (" ~ replaced | join(', ') ~ ")"}
) }}

-- Both tiers in one long table: what is flagged in the marts and what is withheld from them, with
-- the evidence. The value is read where it was delivered, since typed columns no longer hold it.
with

rules as (
    select * from {{ ref('int_rules_versioned') }}
),

ledger as (
    select
        file_id,
        run_id,
        {{ shown_name('file') }} as file
    from {{ ref('landing_ledger') }}
),

{% for feed in feeds().values() %}
{{ feed.entity }} as (
    select
        judged.row_id,
        judged.file_id,
        {{ record_key(feed.name, 'judged') }} as record_key,
        judged.source_row,
        judged.first_seen_at,
        {% for column in feed.columns -%}
        landed.{{ adapter.quote(column) }} as landed_{{ column }},
        {% endfor -%}
        unnest(judged.all_reasons || judged.dq_flags) as error_reason
    from {{ ref(feed.judged) }} as judged
    inner join {{ source('landing', feed.landed) }} as landed
        on
            judged.file_id = landed.file_id
            and judged.source_row = landed.source_row
    where
        len(judged.all_reasons) + len(judged.dq_flags) > 0
        and not judged.is_deleted
        and {{ is_judged_since(feed.judged) if feed.is_endless else 'true' }}
),

{% endfor -%}
fired as (
    {% for feed in feeds().values() %}
    select
        errors.row_id,
        rules.source,
        rules.feed,
        errors.record_key,
        rules.field,
        rules.rule_id as error_reason,
        rules.tier,
        rules.rule_rank,
        {{ value_preview(feed, 'rules.field', 'errors.landed_') }} as value_preview,
        rules.fix_hint,
        rules.rule_version,
        errors.file_id,
        errors.source_row,
        errors.first_seen_at
    from {{ feed.entity }} as errors
    inner join rules
        on errors.error_reason = rules.rule_id
    where rules.source = '{{ feed.source }}' and rules.feed = '{{ feed.feed }}'
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    fired.row_id,
    fired.source,
    fired.feed,
    fired.record_key,
    fired.field,
    fired.error_reason,
    fired.tier,
    fired.rule_rank,
    fired.value_preview,
    fired.fix_hint,
    fired.rule_version,
    ledger.file as source_file,
    fired.source_row,
    fired.first_seen_at,
    ledger.run_id
from fired
inner join ledger
    on fired.file_id = ledger.file_id
