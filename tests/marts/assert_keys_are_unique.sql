-- What: the key of every published relation is unique. Where it may be null is the contract's
-- business: a row that lacks its key is in a mart only where the registry lets it in (tier 1).
-- Why: a row twice doubles money and heads in whatever joins it.
-- Resolve: one row per key is the work of macro versions (macros/loading); look in the view for the
-- key that is named here. Relations that hooks write (ops) are tested by their contract.
{{ config(severity='error') }}
{% set keys = {
    'calendar_days': ['calendar_day'],
    'dim_companies': ['company_ein'],
    'dim_employees': ['person_id'],
    'fct_claims': ['claim_id', "coalesce(line_number, '')"],
    'fct_plan_coverage': ['company_ein', 'plan_type', 'coverage_start'],
    'plan_gaps': ['company_ein', 'plan_type', 'gap_start'],
    'claims_cost_windows': ['company_ein', 'window_end'],
    'claims_lag_triangle': ['service_month', 'lag_months'],
    'claims_completion': ['service_month'],
    'claims_cost_spikes': ['company_ein', 'first_flagged_on'],
    'roster_mismatch': ['company_ein'],
    'roster_differences': [
        'coalesce(person_id, employee_id)', 'person_id is null', 'difference_type'
    ],
    'dim_account_holders': ['employee_id'],
    'dim_benefit_programs': [
        'benefit_type', 'program_name', 'monthly_allowance', 'allowance_period'
    ],
    'dim_merchants': ['merchant'],
    'fct_transactions': ['transaction_id'],
    'account_utilization': ['benefit_account_id', 'month'],
    'validation_errors': ['row_id', 'error_reason'],
    'reconciliation': ['source', 'feed'],
    'dq_scorecard': ['source', 'feed', 'rule_id'],
    'column_profile': ['source', 'feed', 'column_name'],
    'schema_drift': ['source', 'feed', 'column_name', 'drift'],
    'watermarks': ['source', 'feed'],
    'findings': ['finding_id'],
    'finding_events': ['finding_id', 'run_id', 'event'],
    'erasures': ['run_id', 'source', 'feed'],
    'alerts': ['alert_id'],
} %}
-- Of bookings, a claim has as many rows as there are.
{% if is_booking('benefits_admin.claims') != 'false' %}
{% do keys.update({'fct_claims': ['row_id']}) %}
{% endif %}
-- Target spark has none of ops.
{% for name in ['watermarks', 'erasures', 'alerts'] if target.type == 'spark' %}
{% do keys.pop(name) %}
{% endfor %}
{% for feed in feeds().values() %}
{% do keys.update({'quarantine_' ~ feed.entity: ['row_id']}) %}
{% endfor %}
-- depends_on: {{ ref('int_claims_judged') }}
-- depends_on: {{ ref('int_transactions_judged') }}
-- Numbers are counted, and only where one occurs twice the keys themselves. In a build, the keys
-- that were written since this passed are compared with all.
{% for name, columns in keys.items() %}
{% set written = is_written_since(name) %}
select
    '{{ name }}' as relation,
    concat_ws(' | ', {{ columns | join(', ') }}) as repeated_key,
    count(*) as rows_of_key
from {{ ref(name) }}
where
    ({{ columns | join(') is not null and (') }}) is not null
    and hash({{ columns | join(', ') }}) in (
        select hash({{ columns | join(', ') }})
        from {{ ref(name) }}
        {%- if written != 'true' %}
        where
            hash({{ columns | join(', ') }}) in (
                select hash({{ columns | join(', ') }}) from {{ ref(name) }}
                where {{ written }}
            )
        {%- endif %}
        group by hash({{ columns | join(', ') }})
        having count(*) > 1
    )
group by {{ columns | join(', ') }}
having count(*) > 1
{{ "union all" if not loop.last }}
{% endfor %}
