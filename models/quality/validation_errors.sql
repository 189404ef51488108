-- Both tiers in one long table: what is flagged in the marts and what is withheld from them.
with

fired as (
    {% for feed in feeds().values() %}
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        row_id,
        file_id,
        record_key,
        source_file,
        source_row,
        first_seen_at,
        unnest(all_reasons || dq_flags) as error_reason
    from {{ ref(feed.assessed) }}
    where len(all_reasons) + len(dq_flags) > 0 and not is_deleted
    {{ "union all" if not loop.last }}
    {% endfor %}
),

rules as (
    select * from {{ ref('dq_rules') }}
),

ledger as (
    select * from {{ ref('landing_ledger') }}
)

select
    fired.row_id,
    fired.source,
    fired.feed,
    fired.record_key,
    rules.field,
    fired.error_reason,
    rules.tier::integer as tier,
    rules.rank::integer as rule_rank,
    rules.fix_hint,
    fired.source_file,
    fired.source_row,
    fired.first_seen_at,
    ledger.run_id
from fired
inner join rules
    on
        fired.source = rules.source
        and fired.feed = rules.feed
        and fired.error_reason = rules.rule_id
inner join ledger
    on fired.file_id = ledger.file_id
