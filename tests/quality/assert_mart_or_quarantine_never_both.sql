-- What: a current row is in its mart or in its quarantine table, never both, never neither: the
-- marts hold as many rows as were found valid, quarantine holds exactly the rows withheld, and no
-- key is in both.
-- Why: a row in both is counted although it is bad; a row in neither is lost without a word.
-- Resolve: the row_id leads to file and line (quality.validation_errors); then compare is_valid in
-- the int_…_judged model of the feed with what its mart and its quarantine table select.
{{ config(severity='error') }}
{% for name, feed in feeds().items() %}
{% if feed.mart %}
{% set undeleted = " where not is_deleted" if "is_deleted" in columns_of_mart(feed) %}
{% set rows_in_mart = 'sum(' ~ feed.mart_count ~ ')' if feed.mart_count else 'count(*)' %}
select
    '{{ name }}' as feed,
    null as row_id,
    'rows of {{ feed.mart }}: ' || mart.found || ', valid: ' || judged.expected as problem
from ( -- noqa: ST05
    select coalesce({{ rows_in_mart }}, 0) as found
    from {{ ref(feed.mart) }}{{ undeleted }}
) as mart
cross join ( -- noqa: ST05
    select count(*) as expected from {{ ref(feed.judged) }}
    where is_valid and not is_deleted and version_rank = 1
) as judged
where mart.found <> judged.expected
union all
{% endif %}
select
    '{{ name }}' as feed,
    coalesce(withheld.row_id, quarantined.row_id) as row_id,
    case
        when quarantined.row_id is null then 'withheld, but not in quarantine'
        else 'in quarantine, but not withheld'
    end as problem
from (
    select * from {{ ref(feed.judged) }}
    where is_current and not is_valid and not is_deleted
) as withheld
full join {{ ref('quarantine_' ~ feed.entity) }} as quarantined
    on withheld.row_id = quarantined.row_id
where withheld.row_id is null or quarantined.row_id is null
{% if feed.mart and not feed.mart_count %}
union all
select
    '{{ name }}' as feed,
    null as row_id,
    'in quarantine and in {{ feed.mart }}: ' || {{ record_key(name, 'mart') }} as problem
from {{ ref(feed.mart) }} as mart
where
    {{ record_key(name, 'mart') }} in (
        select {{ record_key(name, 'judged') }} from {{ ref(feed.judged) }} as judged
        where
            judged.is_current and not judged.is_valid and not judged.is_deleted
            and not {{ is_booking(name) }} -- each stands for itself
    )
{% endif %}
{{ "union all" if not loop.last }}
{% endfor %}
