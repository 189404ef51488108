-- Question: which companies have no coverage of a plan type today, and which claims fell into a
-- gap?
-- Reading: one row per reported gap. Gaps that are open on as_of_date come first, then the highest
-- claim cost. "open" means that as_of_date lies in the gap, so a gap that a future plan will close
-- is open too (gap_type internal, covered_again_on set). claim_cost_in_gap is money that no valid
-- plan covered: the claims are disputed, or plan rows are missing. Gaps of plan_gap_min_days or
-- less are not reported. withdrawn: all plans are gone from the newest delivery; never_covered:
-- there are claims, and no plan ever came.
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
        gaps.gap_end is null
        or as_of.as_of_date between gaps.gap_start and gaps.gap_end as is_open,
        gaps.gap_end + 1 as covered_again_on
    from gaps
    cross join as_of
)

select
    company_name,
    plan_type,
    is_open,
    gap_start,
    gap_length_days,
    claim_cost_in_gap,
    claims_in_gap,
    gap_type,
    gap_end,
    covered_again_on,
    previous_carrier,
    next_carrier,
    company_ein
from final
order by is_open desc, claim_cost_in_gap desc, gap_length_days desc, company_ein asc, plan_type asc
