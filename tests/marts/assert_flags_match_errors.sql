-- What: what quality.validation_errors lists is what the rows carry: the flags of the rows in the
-- marts, flags and reasons of the rows in quarantine, no more, no less.
-- Why: all come from one verdict; where they differ, a mart and the account of its quality were
-- built from different data, and the scorecard counts what no one can find.
-- Resolve: `dbt build` (a build of some models only may leave one of the two behind). Where it
-- stays, compare the feed's rows by row_id; see macros/quality/judge.sql and
-- models/quality/validation_errors.sql.
{{ config(severity='error') }}
{% set compared = [] %}
with

carried as (
    {% for name, feed in feeds().items() if feed.mart and not feed.mart_count %}
    {% do compared.append(name) %}
    {% set is_there = "not is_deleted" if "is_deleted" in columns_of_mart(feed) else "true" %}
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        row_id,
        unnest(dq_flags) as error_reason
    from {{ ref(feed.mart) }}
    where len(dq_flags) > 0 and {{ is_there }}
    union all
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        row_id,
        unnest(all_reasons || dq_flags) as error_reason
    from {{ ref('quarantine_' ~ feed.entity) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

-- Equal sums of hashes mean equal sets: comparing millions of rows one by one would cost more than
-- building them did.
carried_sums as (
    select
        source,
        feed,
        count(*) as carried_rows,
        sum(hash(row_id, error_reason)::hugeint) as carried_sum
    from carried
    group by source, feed
),

listed_sums as (
    select
        source,
        feed,
        count(*) as listed_rows,
        sum(hash(row_id, error_reason)::hugeint) as listed_sum
    from {{ ref('validation_errors') }}
    where list_contains({{ compared }}, source || '.' || feed)
    group by source, feed
)

select
    coalesce(carried_sums.source, listed_sums.source) as source,
    coalesce(carried_sums.feed, listed_sums.feed) as feed,
    carried_sums.carried_rows,
    listed_sums.listed_rows
from carried_sums
full join listed_sums
    on
        carried_sums.source = listed_sums.source
        and carried_sums.feed = listed_sums.feed
where carried_sums.carried_sum is distinct from listed_sums.listed_sum
