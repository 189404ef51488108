-- What people decided, a line a finding: of several the last in the alphabet of its columns counts,
-- and data tests say so. Lines with another word than the three decide nothing.
{{ config(
    database='restricted',
    materialized='ephemeral',
    access='protected',
    contract={'enforced': false}
) }}

with

decisions as (
    select
        {{ clean_text('finding_id') }} as finding_id,
        lower({{ clean_text('decision') }}) as decision,
        {{ clean_text('until') }} as until_text,
        {{ clean_date('until') }} as decided_until,
        {{ clean_text('who') }} as decided_by,
        {{ clean_text('note') }} as decision_note
    from {{ ref('finding_decisions') }}
)

select
    finding_id,
    decision,
    decided_until,
    decided_by,
    decision_note
from decisions
where
    decision in ('accept', 'snooze', 'assign')
    and (until_text is null or decided_until is not null)
qualify
    row_number() over (
        partition by finding_id order by decided_until desc, decision desc, decided_by desc
    ) = 1
