-- What: the flags of a row in the marts are its tier-1 rows in quality.validation_errors, no more,
-- no less.
-- Why: both come from one verdict; where they differ, a mart and the account of its quality were
-- built from different data, and the scorecard counts what no one can find.
-- Resolve: `dbt build` (a build of some models only may leave one of the two behind). Where it
-- stays, see macros/quality/judge.sql and models/quality/validation_errors.sql.
{{ config(severity='error') }}
{% set marts = {
    'benefits_admin.employees': ['dim_employees', 'person_id', 'not is_deleted'],
    'benefits_admin.claims': ['fct_claims', 'claim_id', 'true'],
    'spend_accounts.employees': ['dim_account_holders', 'employee_id', 'not is_deleted'],
    'spend_accounts.transactions': ['fct_transactions', 'transaction_id', 'true'],
} %}
with

flags as (
    {% for name, (mart, key, condition) in marts.items() %}
    select
        '{{ name }}' as feed,
        {{ key }} as record_key,
        unnest(dq_flags) as error_reason
    from {{ ref(mart) }}
    where {{ condition }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

withheld as (
    select distinct row_id
    from {{ ref('validation_errors') }}
    where tier = 2
),

errors as (
    select
        fired.source || '.' || fired.feed as feed,
        fired.record_key,
        fired.error_reason
    from {{ ref('validation_errors') }} as fired
    left join withheld
        on fired.row_id = withheld.row_id
    where
        withheld.row_id is null
        and list_contains({{ marts.keys() | list }}, fired.source || '.' || fired.feed)
),

only_in_marts as (
    select * from flags
    except all
    select * from errors
),

only_in_errors as (
    select * from errors
    except all
    select * from flags
)

select
    'only in the mart' as problem,
    only_in_marts.*
from only_in_marts
union all
select
    'only in validation_errors' as problem,
    only_in_errors.*
from only_in_errors
