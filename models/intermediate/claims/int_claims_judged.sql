{{ config(
    materialized='judged',
    unique_key='row_id',
    meta={
        'parents': {
            'int_plans_islands':
                {'company_ein': 'company_ein', 'lower(claim_type)': 'caseless_plan_type'},
            'int_texts_named': 'free_text',
        },
        'counted': ['company_ein', 'service_date', 'amount'],
    }
) }}

-- depends_on: {{ ref('sender_settings') }}
with

{{ rows_to_judge(
    'benefits_admin.claims',
    staged=ref('stg_benefits_admin__claims'),
    keep_conflicts=true
) }},

claims as (
    select * from to_judge
),

companies as (
    select * from {{ ref('int_companies_listed') }}
),

claim_types as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where source = 'benefits_admin' and feed = 'claims' and field = 'claim_type'
),

claim_statuses as (
    select * from {{ ref('int_allowed_values_spelled') }}
    where source = 'benefits_admin' and feed = 'claims' and field = 'claim_status'
),

coverage as (
    select * from {{ ref('int_plans_islands') }}
),

spelled as (
    select
        claims.* exclude (claim_type, claim_status, company_ein),
        -- Eight digits are an EIN only where a zero in front makes them a listed one.
        case
            when claims.short_company_ein is null then claims.company_ein
            else companies.company_ein
        end as company_ein,
        coalesce(
            claim_types.value, {{ shown_text('claim_type', 'claims.claim_type') }}
        ) as claim_type,
        coalesce(
            claim_statuses.value, {{ shown_text('claim_status', 'claims.claim_status') }}
        ) as claim_status,
        claim_types.value is not null as is_known_type,
        companies.company_ein is not null as is_known_company
    from claims
    left join companies
        on coalesce(claims.short_company_ein, claims.company_ein) = companies.company_ein
    left join claim_types
        on lower(claims.claim_type) = claim_types.caseless_value
    left join claim_statuses
        on lower(claims.claim_status) = claim_statuses.caseless_value
    {{- named_texts('benefits_admin.claims', 'claims') }}
),

-- Islands of one company and plan type do not overlap: a day lies in one at most.
facts as (
    select
        spelled.*,
        coverage.company_ein is not null as is_covered
    from spelled
    left join coverage
        on
            spelled.company_ein = coverage.company_ein
            and lower(spelled.claim_type) = coverage.caseless_plan_type
            and spelled.service_date >= coverage.first_day
            and spelled.service_date <= coverage.last_day
),

{{ judge('benefits_admin.claims', 'facts', claims_rules()) }}

select
    row_id,
    file_id,
    load_id,
    loaded_at,
    source_row,
    content_hash,
    sender,
    claim_id,
    line_number,
    claim_type,
    claim_status,
    company_ein,
    amount,
    short_company_ein,
    has_ssn_in_company_ein,
    has_company_ein_text,
    has_amount_text,
    has_service_date_text,
    has_paid_date_text,
    has_last_updated_text,
    service_date,
    paid_date,
    last_updated,
    first_seen_at,
    version_count,
    version_rank,
    is_current,
    is_deleted,
    dq_flags,
    all_reasons,
    is_valid,
    {{ judged_in() }} as judged_in
from judged
where is_wanted
