-- What every kind finds now, with severity and next step of its kind and whom to call.
{{ config(
    database='restricted',
    materialized='ephemeral',
    access='protected',
    contract={'enforced': false}
) }}
{%- set kinds = [
    'coverage_gap', 'coverage_ending', 'cost_spike', 'roster_mismatch', 'person_difference',
    'over_allowance', 'withheld_rows', 'file_refused', 'snapshot_untrusted', 'feed_overdue',
    'unusual_delivery', 'schema_drift', 'uncovered_claims',
] %}

with

observed as (
    {%- for kind in kinds %}
    select
        '{{ kind }}' as kind,
        *
    from {{ ref('int_findings_' ~ kind) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

kinds as (
    select
        kind,
        next_step,
        try_cast(medium_from as double) as medium_from,
        try_cast(high_from as double) as high_from,
        try_cast(critical_from as double) as critical_from
    from {{ ref('finding_kinds') }}
),

companies as (
    select * from {{ ref('dim_companies') }}
),

contacts as (
    select
        coalesce({{ clean_ein(clean_text('company_ein')) }}, '*') as company_ein,
        coalesce({{ clean_text('kind') }}, '*') as kind,
        {{ clean_text('contact') }} as contact
    from {{ ref('company_contacts') }}
),

as_of as (
    select as_of_date from {{ ref('int_as_of_dates') }}
    where source = 'benefits_admin'
),

subjects as (
    select distinct
        kind,
        coalesce(company_ein, '*') as company_ein
    from observed
),

-- The most particular line: of company and kind, of the company, of the kind, of all.
called as (
    select
        subjects.kind,
        subjects.company_ein,
        arg_min(
            contacts.contact,
            (contacts.company_ein = '*', contacts.kind = '*', contacts.contact)
        ) as contact
    from subjects
    inner join contacts
        on
            contacts.company_ein in (subjects.company_ein, '*')
            and contacts.kind in (subjects.kind, '*')
    group by subjects.kind, subjects.company_ein
),

final as (
    select
        observed.kind,
        md5(observed.kind || '|' || observed.natural_key) as subject_key,
        observed.is_event,
        coalesce(observed.is_open, false) as is_open,
        observed.company_ein,
        companies.company_name,
        observed.subject,
        coalesce(companies.company_name || ': ', '') || observed.summary as summary,
        case
            when observed.measured >= kinds.critical_from then 'Critical'
            when observed.measured >= kinds.high_from then 'High'
            when observed.measured >= kinds.medium_from then 'Medium'
            else 'Low'
        end as severity,
        observed.money_at_stake::decimal(38, 2) as money_at_stake,
        observed.period_start::date as period_start,
        observed.period_end::date as period_end,
        coalesce(observed.period_end, as_of.as_of_date, observed.period_start)::date as known_to,
        kinds.next_step,
        called.contact,
        observed.evidence_relation,
        observed.evidence_filter,
        observed.subject_ids
    from observed
    inner join kinds
        on observed.kind = kinds.kind
    cross join as_of
    left join companies
        on observed.company_ein = companies.company_ein
    left join called
        on
            observed.kind = called.kind
            and coalesce(observed.company_ein, '*') = called.company_ein
)

select * from final
