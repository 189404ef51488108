{{ config(materialized='table') }}

-- Valid benefit accounts, deleted or not, with what a transaction is compared with: a row for each
-- allowance that an account had, and the days on which it was the newest one known. The first has
-- always been.
with

{{ held_versions('spend_accounts.benefit_accounts', ref('stg_spend_accounts__benefit_accounts')) }},

periods as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where
        source = 'spend_accounts'
        and feed = 'benefit_accounts'
        and field = 'allowance_period'
),

benefit_accounts as (
    select * from {{ ref('int_benefit_accounts_judged') }}
    where is_valid and version_rank = 1
),

spelled as (
    select
        held_versions.*,
        lower(coalesce(periods.value, held_versions.allowance_period, 'month')) as spelled_period
    from held_versions
    left join periods
        on lower(held_versions.allowance_period) = periods.caseless_value
),

numbered as (
    select
        entity_key,
        monthly_allowance,
        spelled_period as allowance_period,
        coalesce(last_updated::date, delivered_on) as known_on,
        row_number() over (
            partition by entity_key
            order by last_updated asc nulls first, place asc, content_hash asc
        ) as version_number
    from spelled
    where
        benefit_account_id is not null
        and (monthly_allowance is not null or is_unlimited_monthly_allowance)
        and spelled_period in ('month', 'quarter', 'year')
),

dated as (
    select
        * exclude (known_on),
        case when version_number = 1 then date '-infinity' else known_on end as known_from
    from numbered
),

-- What was known late of an older version changes nothing.
newest as (
    select * from dated
    window by_day as (partition by entity_key order by known_from asc, version_number asc)
    qualify
        version_number = max(version_number) over by_day
        and known_from is distinct from lead(known_from) over by_day
),

changed as (
    select * from newest
    window by_age as (partition by entity_key order by version_number asc)
    qualify
        row_number() over by_age = 1
        or monthly_allowance is distinct from lag(monthly_allowance) over by_age
        or allowance_period <> lag(allowance_period) over by_age
),

spans as (
    select
        *,
        coalesce(
            lead(known_from) over (partition by entity_key order by version_number asc) - 1,
            date 'infinity'
        ) as known_to
    from changed
),

final as (
    select
        benefit_accounts.benefit_account_id,
        benefit_accounts.employee_id,
        benefit_accounts.benefit_type,
        benefit_accounts.program_name,
        spans.monthly_allowance,
        spans.allowance_period,
        spans.known_from,
        spans.known_to
    from benefit_accounts
    inner join spans
        on benefit_accounts.entity_key = spans.entity_key
)

select * from final
