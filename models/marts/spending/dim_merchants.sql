-- primary_category is the category of most transactions, the first by the alphabet where two tie.
with

transactions as (
    select * from {{ ref('fct_transactions') }}
    where merchant is not null
),

categories as (
    select
        merchant,
        category,
        count(*) as transaction_count,
        row_number() over (
            partition by merchant
            order by category is null asc, count(*) desc, category asc
        ) as category_rank
    from transactions
    group by merchant, category
)

select
    merchant,
    max(category) filter (where category_rank = 1) as primary_category,
    sum(transaction_count)::bigint as transaction_count
from categories
group by merchant
