-- Question: does the growth of a feed come from a few keys?
-- Reading: one row per company, account holder, account or merchant, the strongest growth first,
-- at most twenty of each. share_pct is its share of the facts of the newest load of that feed,
-- share_pct_before of all loads before (only current rows are facts: rows_before is 0 everywhere
-- when the newest load superseded all that was there). All shares stayed: the whole feed grew.
-- One key grew: a default value ('00-0000000', 'UNKNOWN'), a test company, the full extract of
-- one sender. Many keys without a share before: the spelling of the key changed, and the same
-- things are counted twice now.
with

claims as (
    select * from {{ ref('fct_claims') }}
),

transactions as (
    select * from {{ ref('fct_transactions') }}
),

keyed as (
    select
        'claims by company_ein' as counted,
        company_ein as key_value,
        load_id
    from claims
    union all
    select
        'transactions by employee_id' as counted,
        employee_id as key_value,
        load_id
    from transactions
    union all
    select
        'transactions by benefit_account_id' as counted,
        benefit_account_id as key_value,
        load_id
    from transactions
    union all
    select
        'transactions by merchant' as counted,
        merchant as key_value,
        load_id
    from transactions
),

marked as (
    select
        *,
        load_id = max(load_id) over (partition by counted) as is_newest
    from keyed
),

per_key as (
    select
        counted,
        key_value,
        count(*) filter (where is_newest) as rows_newest,
        count(*) filter (where not is_newest) as rows_before
    from marked
    group by counted, key_value
),

shares as (
    select
        *,
        round(100 * rows_newest / nullif(sum(rows_newest) over (partition by counted), 0), 2)
            as share_pct,
        round(100 * rows_before / nullif(sum(rows_before) over (partition by counted), 0), 2)
            as share_pct_before
    from per_key
),

final as (
    select
        *,
        share_pct - coalesce(share_pct_before, 0) as share_growth
    from shares
    qualify
        row_number() over (
            partition by counted
            order by share_growth desc, rows_newest desc, key_value asc
        ) <= 20
)

select
    counted,
    key_value,
    rows_newest,
    rows_before,
    share_pct,
    share_pct_before
from final
order by counted asc, share_growth desc, rows_newest desc, key_value asc
