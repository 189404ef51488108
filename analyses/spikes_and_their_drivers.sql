-- Question: where did claim cost jump, is it still on, and was it more claims or a higher cost per
-- claim?
-- Reading: one row per spike event at its peak day. Events that are still on come first, then the
-- strongest growth. growth = frequency_effect + severity_effect. driver "one claim": a single claim
-- is half of the window's cost or more, so ask for that case first (largest_claim_id). "more
-- claims": frequency explains most of the growth (head count, an outbreak, a backlog paid at once).
-- "higher cost per claim": severity does (a new drug, a new provider, a price change).
with

spikes as (
    select * from {{ ref('claims_cost_spikes') }}
),

claims as (
    select * from {{ ref('fct_claims') }}
),

as_of as (
    select max(window_end) as as_of_date
    from {{ ref('claims_cost_windows') }}
),

largest as (
    select
        spikes.company_ein,
        spikes.window_end,
        max(claims.amount) as largest_claim,
        arg_max(claims.claim_id, (claims.amount, claims.claim_id)) as largest_claim_id
    from spikes
    inner join claims
        on
            spikes.company_ein = claims.company_ein
            and claims.service_date between spikes.window_start and spikes.window_end
    group by spikes.company_ein, spikes.window_end
),

final as (
    select
        spikes.*,
        spikes.last_flagged_on = as_of.as_of_date as is_still_on,
        spikes.last_flagged_on - spikes.first_flagged_on + 1 as days_flagged,
        spikes.current_90d_cost - spikes.prev_90d_cost as growth,
        case
            when spikes.top_claim_share >= 0.5 then 'one claim'
            when spikes.frequency_effect >= spikes.severity_effect then 'more claims'
            else 'higher cost per claim'
        end as driver,
        largest.largest_claim_id,
        largest.largest_claim
    from spikes
    inner join largest
        on
            spikes.company_ein = largest.company_ein
            and spikes.window_end = largest.window_end
    cross join as_of
)

select
    company_name,
    is_still_on,
    window_end as peak_day,
    growth,
    pct_change,
    driver,
    largest_claim_id,
    largest_claim,
    top_claim_share,
    frequency_effect,
    severity_effect,
    prev_90d_cost,
    current_90d_cost,
    first_flagged_on,
    last_flagged_on,
    days_flagged,
    company_ein
from final
order by is_still_on desc, growth desc, company_ein asc
