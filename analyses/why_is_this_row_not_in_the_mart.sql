-- Question: why is this record not in the mart?
-- Use: name its key in the var record_key.
--     dbt show --select why_is_this_row_not_in_the_mart --vars '{record_key: T80053}'
-- The key of a plan is 'EIN|plan type|carrier|start date'. A row that was delivered without a key
-- is found in quality.validation_errors by source_file and source_row instead.
-- Reading: "in the mart", with its flags (tier 1), or "withheld", with each reason by rank (the
-- first is the rejection_reason). fix_hint says how to fix it. "not current": no current row has
-- this key. It was never delivered, its file was refused, its line was rejected
-- (incident_refused_and_rejected.sql), the key is spelled differently after cleaning, or it is a
-- plan or an account that the newest snapshot no longer holds.
with

wanted as (
    select '{{ var("record_key", "T80053") | replace("'", "''") }}' as record_key
),

mart_rows as (
    select
        'marts.fct_transactions' as relation,
        transaction_id as record_key,
        false as is_deleted
    from {{ ref('fct_transactions') }}
    union all
    select
        'marts.fct_claims' as relation,
        claim_id as record_key,
        false as is_deleted
    from {{ ref('fct_claims') }}
    union all
    select
        'marts.dim_employees' as relation,
        person_id as record_key,
        is_deleted
    from {{ ref('dim_employees') }}
    union all
    select
        'marts.dim_account_holders' as relation,
        employee_id as record_key,
        is_deleted
    from {{ ref('dim_account_holders') }}
    union all
    select distinct
        'marts.account_utilization' as relation,
        benefit_account_id as record_key,
        false as is_deleted
    from {{ ref('account_utilization') }}
    union all
    select
        'marts.fct_plan_coverage' as relation,
        wanted.record_key,
        false as is_deleted
    from {{ ref('fct_plan_coverage') }} as coverage
    inner join wanted
        on
            coverage.company_ein = split_part(wanted.record_key, '|', 1)
            and lower(coverage.plan_type) = lower(split_part(wanted.record_key, '|', 2))
            and list_contains(
                string_split(coverage.carriers, ' | '), split_part(wanted.record_key, '|', 3)
            )
            and try_cast(split_part(wanted.record_key, '|', 4) as date) >= coverage.coverage_start
            and try_cast(split_part(wanted.record_key, '|', 4) as date)
            <= coalesce(coverage.coverage_end, date '9999-12-31')
),

errors as (
    select * from {{ ref('validation_errors') }}
),

stays as (
    select * from {{ ref('quarantine_history') }}
    where left_at is null
),

found as (
    select
        1 as answer_rank,
        'in the mart' || case when mart_rows.is_deleted then ', is_deleted' else '' end as answer,
        mart_rows.relation as place,
        null as error_reason,
        null::integer as rule_rank,
        null as value_preview,
        null as fix_hint,
        null::timestamp as withheld_since,
        null as source_file,
        null::bigint as source_row
    from mart_rows
    inner join wanted
        on mart_rows.record_key = wanted.record_key
    union all
    select
        2 as answer_rank,
        case errors.tier when 2 then 'withheld' else 'flagged' end as answer,
        errors.source || '.' || errors.feed as place,
        errors.error_reason,
        errors.rule_rank,
        errors.value_preview,
        errors.fix_hint,
        stays.entered_at as withheld_since,
        errors.source_file,
        errors.source_row
    from errors
    inner join wanted
        on errors.record_key = wanted.record_key
    left join stays
        on errors.row_id = stays.row_id
),

final as (
    select * from found
    union all
    select
        3 as answer_rank,
        'not current: never delivered, refused, rejected, or gone from the snapshot' as answer,
        null as place,
        null as error_reason,
        null as rule_rank,
        null as value_preview,
        null as fix_hint,
        null as withheld_since,
        null as source_file,
        null as source_row
    where not exists (select 1 from found)
)

select
    answer,
    place,
    error_reason,
    value_preview,
    source_row,
    fix_hint,
    source_file,
    withheld_since
from final
order by answer_rank asc, answer desc, rule_rank asc
