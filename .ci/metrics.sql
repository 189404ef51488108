-- Queries of the semantic layer (models/_metrics.yml), each with the same by hand: metrics.py asks both and
-- compares. Columns and rows may come in any order of rows, but in this order of columns.

-- mf query --metrics gap_count,gap_days,claims_in_gap,claim_cost_in_gap --group-by company__company_name
select company_name, count(*), sum(gap_length_days), sum(claims_in_gap), sum(claim_cost_in_gap)
from marts.plan_gaps
group by company_name;

-- mf query --metrics gap_days --group-by metric_time__year,gap__plan_type
select date_trunc('year', gap_start)::date, plan_type, sum(gap_length_days)
from marts.plan_gaps
group by all;

-- mf query --metrics claim_count,claim_cost,cost_per_claim --group-by claim__claim_type
select claim_type, count(*), sum(amount), sum(amount)::double / count(*)
from marts.fct_claims
group by claim_type;

-- mf query --metrics claim_cost --group-by company__company_name,metric_time__month
select date_trunc('month', claims.service_date)::date, companies.company_name, sum(claims.amount)
from marts.fct_claims as claims
left join marts.dim_companies as companies using (company_ein)
group by all;

-- mf query --metrics claim_cost_90_days --group-by company,metric_time__day --where "{{ TimeDimension('metric_time', 'day') }} between '2024-06-01' and '2024-06-30'"
select window_end, company_ein, current_90d_cost
from marts.claims_cost_windows
where window_end between date '2024-06-01' and date '2024-06-30' and claims_current > 0;

-- mf query --metrics spike_count,spike_growth --group-by company__company_name
select company_name, count(*), sum(current_90d_cost) - sum(prev_90d_cost)
from marts.claims_cost_spikes
group by company_name;

-- mf query --metrics spend,allowance,months_over_allowance,utilization_pct --group-by account_month__benefit_type
select
    benefit_type,
    sum(spend),
    sum(allowance_per_month),
    count(*) filter (where over_allowance),
    100 * sum(spend)::double / sum(allowance_per_month)
from marts.account_utilization
group by benefit_type;

-- mf query --metrics spend --group-by metric_time__month
select month, sum(spend)
from marts.account_utilization
group by month;

-- mf query --metrics persons_expected,persons_observed,persons_missing --group-by roster_row__severity
select severity, sum(expected), sum(observed), -sum(difference)
from marts.roster_mismatch
group by severity;

-- mf query --metrics persons_observed --group-by metric_time__day
select (select max(last_loaded_at)::date from ops.watermarks), sum(observed)
from marts.roster_mismatch;

-- mf query --metrics roster_difference_count --group-by difference__difference_type
select difference_type, count(*)
from marts.roster_differences
group by difference_type;

-- mf query --metrics rows_withheld --group-by stay__source,stay__feed
select source, feed, rows_quarantined
from quality.reconciliation;

-- mf query --metrics error_count --group-by error__error_reason,error__tier
select rule_id, tier, sum(rows_failed)
from quality.dq_scorecard
where rows_failed > 0
group by rule_id, tier;
