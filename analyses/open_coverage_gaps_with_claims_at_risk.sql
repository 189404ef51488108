-- Question: which companies have no cover of a plan type today, and which claims fell into a
-- gap?
-- Reading: one row per reported gap, those that are open on as_of_date first, then by claim
-- cost. "open" means that as_of_date lies in the gap, so a gap that a future plan will close is
-- open too (gap_type internal, covered_again_on set). claim_cost_in_gap is money that no valid
-- plan covered: disputed claims, or plan rows that are missing. Gaps of plan_gap_min_days or
-- less are not here by definition.
with

gaps as (
    select * from {{ ref('plan_gaps') }}
),

-- Every company's calendar of windows ends on as_of_date.
as_of as (
    select max(window_end) as as_of_date
    from {{ ref('claims_cost_windows') }}
),

final as (
    select
        gaps.*,
        gaps.gap_type = 'trailing'
        or as_of.as_of_date between gaps.gap_start and gaps.gap_end as is_open,
        gaps.gap_end + 1 as covered_again_on
    from gaps
    cross join as_of
)

select
    company_ein,
    company_name,
    plan_type,
    is_open,
    gap_type,
    gap_start,
    gap_end,
    covered_again_on,
    gap_length_days,
    previous_carrier,
    next_carrier,
    claims_in_gap,
    claim_cost_in_gap
from final
order by is_open desc, claim_cost_in_gap desc, gap_length_days desc, company_ein asc, plan_type asc
