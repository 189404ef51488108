-- Spike events that are material; one whose last day is before as_of_date is history. What counts
-- for severity is the growth as far as the number of claims makes it believable.
with

spikes as (
    select * from {{ ref('claims_cost_spikes') }}
    where is_material
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'benefits_admin'
)

select
    spikes.company_ein as natural_key,
    true as is_event,
    spikes.last_flagged_on >= as_of.as_of_date as is_open,
    spikes.company_ein,
    'Claim cost' as subject,
    format(
        'claim cost rose from {} to {} ({}) in the {} days to {}, on {}.',
        {{ us_money('spikes.prev_90d_cost') }}, {{ us_money('spikes.current_90d_cost') }},
        {{ with_commas('round(spikes.pct_change)::hugeint') }} || '%',
        {{ var('spike_window_days') | int }}, {{ us_date('spikes.window_end') }},
        {{ counted('spikes.claims_current', 'claim') }}
    ) as summary,
    (spikes.current_90d_cost - spikes.prev_90d_cost) * spikes.credibility as measured,
    spikes.current_90d_cost - spikes.prev_90d_cost as money_at_stake,
    spikes.first_flagged_on as period_start,
    spikes.last_flagged_on as period_end,
    'marts.claims_cost_spikes' as evidence_relation,
    {{ evidence_filter({
        'company_ein': 'spikes.company_ein', 'first_flagged_on': 'spikes.first_flagged_on',
    }) }} as evidence_filter,
    []::varchar[] as subject_ids
from spikes
cross join as_of
