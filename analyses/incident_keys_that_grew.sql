-- Question: does the growth of a feed come from a few keys?
-- Reading: one row per company, account holder, account or merchant, the strongest growth first,
-- at most twenty of each. share_pct is its share of the facts in the newest load of that feed.
-- share_pct_before is its share of all earlier loads. Only current rows are facts, so rows_before
-- is 0 everywhere when the newest load superseded all that was there. If all shares stayed the
-- same, the whole feed grew. If one key grew, it is a default value ('00-0000000', 'UNKNOWN'), a
-- test company, or the full extract of one sender. If many keys have no share before, the
-- spelling of the key changed, and the same things are counted twice now.
with

claims as (
    select * from {{ ref('fct_claims') }}
),

transactions as (
    select * from {{ ref('fct_transactions') }}
),

keyed as (
    select
        'claims' as feed,
        'company_ein' as key_column,
        company_ein as key_value,
        load_id
    from claims
    union all
    select
        'transactions' as feed,
        'employee_id' as key_column,
        employee_id as key_value,
        load_id
    from transactions
    union all
    select
        'transactions' as feed,
        'benefit_account_id' as key_column,
        benefit_account_id as key_value,
        load_id
    from transactions
    union all
    select
        'transactions' as feed,
        'merchant' as key_column,
        merchant as key_value,
        load_id
    from transactions
),

marked as (
    select
        *,
        load_id = max(load_id) over (partition by key_column) as is_newest
    from keyed
),

per_key as (
    select
        feed,
        key_column,
        key_value,
        count(*) filter (where is_newest) as rows_newest,
        count(*) filter (where not is_newest) as rows_before
    from marked
    group by feed, key_column, key_value
),

shares as (
    select
        *,
        round(100 * rows_newest / nullif(sum(rows_newest) over (partition by key_column), 0), 2)
            as share_pct,
        round(100 * rows_before / nullif(sum(rows_before) over (partition by key_column), 0), 2)
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
            partition by key_column
            order by share_growth desc, rows_newest desc, key_value asc
        ) <= 20
)

select
    key_column,
    key_value,
    share_pct,
    share_pct_before,
    rows_newest,
    rows_before,
    share_growth,
    feed
from final
order by share_growth desc, rows_newest desc, key_column asc, key_value asc
