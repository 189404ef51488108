{% macro quarantine(feed_name, judged, landed) -%}
{#- The rows of a feed that are withheld from the marts, as delivered but masked, with every reason.
    A state, not a log: each run judges anew, and a row that now passes is gone from here. -#}
{%- set feed = feed_of(feed_name) -%}
{%- set is_withheld = "judged.is_current and not judged.is_valid and not judged.is_deleted" -%}
with

withheld as (
    select * from {{ judged }} as judged
    where
        {{ is_withheld }}
        and {{ is_judged_since(feed.judged) if feed.is_endless else "true" }}
),

ledger as (
    select
        file_id,
        run_id,
        {{ shown_name('file') }} as file
    from {{ ref('landing_ledger') }}
),

delivered as (
    select
        landed.*,
        {{ odd_values(feed, "withheld", "landed") }}
        withheld.all_reasons,
        withheld.dq_flags,
        withheld.row_id,
        withheld.first_seen_at
    from {{ landed }} as landed
    inner join withheld
        on
            landed.file_id = withheld.file_id
            and landed.source_row = withheld.source_row
    where
        {{ is_in_judged_files(feed.judged, is_withheld) if feed.is_endless else "true" }}
)

select
    {% for column in feed.columns -%}
    {% set name = "delivered." ~ adapter.quote(column) -%}
    {{ mask_delivered(
        name, feed.masks[column], "delivered.is_odd_" ~ column, "delivered.is_doubtful",
        "named_" ~ column ~ ".shown" if column in feed.free_text else "null"
    ) }} as {{ adapter.quote(column) }},
    {% endfor -%}
    delivered.all_reasons[1] as rejection_reason,
    delivered.all_reasons,
    delivered.dq_flags,
    delivered.row_id,
    ledger.file as source_file,
    delivered.source_row,
    delivered.first_seen_at,
    ledger.run_id
from delivered
inner join ledger
    on delivered.file_id = ledger.file_id
{{- named_texts(feed_name, "delivered", is_delivered=true) }}
{%- endmacro %}
