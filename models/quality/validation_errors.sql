{% set replaced = [] %}
{% for name, feed in feeds().items() if not feed.is_endless %}
{% do replaced.append("'" ~ name ~ "'") %}
{% endfor %}
{{ config(
    materialized='after_judged',
    unique_key='row_id',
    meta={'replaced': "source || '.' || feed in (" ~ replaced | join(', ') ~ ")"}
) }}

{% set is_told
    = 'len(judged.all_reasons) + len(judged.dq_flags) > 0 and not judged.is_deleted' %}
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
{{ feed.entity }}_rows as (
    select
        judged.*,
        {{ odd_values(feed, 'judged', 'landed') }}
        {% for column in feed.columns -%}
        landed.{{ adapter.quote(column) }} as landed_{{ column }},
        {% endfor -%}
        {% for column in feed.free_text if var('pii_masking_enabled') -%}
        named_{{ column }}.shown as named_{{ column }},
        {% endfor -%}
        unnest(judged.all_reasons || judged.dq_flags) as error_reason
    from {{ source('landing', feed.landed) }} as landed
    inner join {{ ref(feed.judged) }} as judged
        on
            landed.file_id = judged.file_id
            and landed.source_row = judged.source_row
    {{- named_texts(feed.name, 'landed', is_delivered=true) }}
    where
        {{ is_told }}
        and {{ is_judged_since(feed.judged) if feed.is_endless else 'true' }}
        and {{ is_in_judged_files(feed.judged, is_told) if feed.is_endless else 'true' }}
),

{{ feed.entity }} as (
    select
        *,
        {{ shown_key(feed.name, feed.entity ~ '_rows', 'is_doubtful')
            if var('pii_masking_enabled') else record_key(feed.name) }} as shown_key
    from {{ feed.entity }}_rows
),

{% endfor -%}
fired as (
    {% for feed in feeds().values() %}
    select
        errors.row_id,
        rules.source,
        rules.feed,
        errors.shown_key as record_key,
        rules.field,
        rules.rule_id as error_reason,
        rules.tier,
        rules.rule_rank,
        {{ value_preview(feed, 'errors.') }} as value_preview,
        case rules.field
            {%- for column in feed.columns %}
            when '{{ column }}' then errors.landed_{{ column }}
            {%- endfor %}
        end as delivered,
        '{{ feed.landed }}' as landed_in,
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
    left(fired.value_preview, 60) as value_preview,
    case
        when fired.value_preview = fired.delivered or fired.delivered is null
            then fired.fix_hint
        else
            fired.fix_hint
            || format(
                ' As delivered: restricted.duckdb, landing.{}, by source_row and file_id, which is '
                || 'row_id // 100000000000.', fired.landed_in
            )
    end as fix_hint,
    fired.rule_version,
    ledger.file as source_file,
    fired.source_row,
    fired.first_seen_at,
    ledger.run_id
from fired
inner join ledger
    on fired.file_id = ledger.file_id
