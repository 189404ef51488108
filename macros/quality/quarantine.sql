{% macro quarantine(feed_name, judged, landed) -%}
{#-
    The rows of a feed that are withheld from the marts, as delivered but masked, with every reason.
    A state, not a log: each run judges anew, and a row that now passes is gone from here.
-#}
{%- set feed = feed_of(feed_name) -%}
with

withheld as (
    select * from {{ judged }}
    where
        is_current
        and not is_valid
        and not is_deleted
        and {{ is_judged_since(feed.judged) if feed.is_endless else "true" }}
),

ledger as (
    select
        file_id,
        run_id,
        {{ shown_name('file') }} as file
    from {{ ref('landing_ledger') }}
)

select
    {% for column in feed.columns -%}
    {% set name = adapter.quote(column) -%}
    {{ mask_delivered("landed." ~ name, feed.masks.get(column)) }} as {{ name }},
    {% endfor -%}
    withheld.all_reasons[1] as rejection_reason,
    withheld.all_reasons,
    withheld.dq_flags,
    withheld.row_id,
    ledger.file as source_file,
    withheld.source_row,
    withheld.first_seen_at,
    ledger.run_id
from withheld
inner join {{ landed }} as landed
    on
        withheld.file_id = landed.file_id
        and withheld.source_row = landed.source_row
inner join ledger
    on withheld.file_id = ledger.file_id
{%- endmacro %}
