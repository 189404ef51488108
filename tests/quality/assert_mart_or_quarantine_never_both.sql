-- What: a current row is in its mart or in its quarantine table, never both, never neither: the
-- marts hold as many rows as were found valid, quarantine holds exactly the rows withheld, and no
-- key is in both.
-- Why: a row in both is counted although it is bad; a row in neither is lost without a word.
-- Resolve: the row_id leads to file and line (quality.validation_errors); then compare is_valid in
-- the int_…_judged model of the feed with what its mart and its quarantine table select.
{{ config(severity='error') }}
{% set undeleted = 'count(*) filter (where not is_deleted)' %}
{% set marts = {
    'benefits_admin.employees': ['dim_employees', undeleted, 'person_id'],
    'benefits_admin.plans': ['fct_plan_coverage', 'sum(plan_count)', none],
    'benefits_admin.claims': ['fct_claims', 'count(*)', 'claim_id'],
    'spend_accounts.employees': ['dim_account_holders', undeleted, 'employee_id'],
    'spend_accounts.benefit_accounts': ['dim_benefit_programs', 'sum(account_count)', none],
    'spend_accounts.transactions': ['fct_transactions', 'count(*)', 'transaction_id'],
} %}
{% for name, (mart, rows_in_mart, key) in marts.items() %}
{% set feed = feeds()[name] %}
select
    '{{ name }}' as feed,
    null as row_id,
    'rows of {{ mart }}: ' || mart.found || ', valid: ' || judged.expected as problem
from (select coalesce({{ rows_in_mart }}, 0) as found from {{ ref(mart) }}) as mart
cross join ( -- noqa: ST05
    select count(*) as expected from {{ ref(feed.judged) }}
    where is_valid and not is_deleted and version_rank = 1
) as judged
where mart.found <> judged.expected
union all
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
{% if key %}
union all
select
    '{{ name }}' as feed,
    null as row_id,
    'in quarantine and in {{ mart }}: ' || mart.{{ key }} as problem
from {{ ref(mart) }} as mart
where
    mart.{{ key }} in (
        select judged.{{ feed.record_key }} from {{ ref(feed.judged) }} as judged
        where judged.is_current and not judged.is_valid and not judged.is_deleted
    )
{% endif %}
{{ "union all" if not loop.last }}
{% endfor %}
