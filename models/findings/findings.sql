-- A list that remembers: what is so now is compared with what was known, and a row is written where
-- something changed. What is about periods is the known finding whose period it touches, so that a
-- spike that grows stays the same. The post-hook adds what happened to finding_events.
{{ config(
    materialized='log',
    unique_key='finding_id',
    full_refresh=false,
    meta={'waits_for_change': true},
    post_hook="{{ log_events(this) if execute }}"
) }}
{%- set now = "timestamp '" ~ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") ~ "'" %}
{%- set facts = [
    'kind', 'company_ein', 'company_name', 'subject', 'summary', 'severity', 'money_at_stake',
    'period_start', 'period_end', 'next_step', 'contact', 'evidence_relation', 'evidence_filter',
    'subject_ids', 'subject_key', 'known_to',
] %}
{%- set decided = ['decision', 'decided_by', 'decided_until', 'decision_note'] %}
{%- set times = ['first_found_at', 'last_found_at', 'resolved_at', 'reopened_at'] %}
{%- set remembered = ['severity'] + times + decided %}
{%- set was = [] %}
{%- for name in remembered %}
{%- do was.append('known.' ~ name ~ ' as was_' ~ name) %}
{%- endfor %}
{%- set written = ['finding_id', 'status', 'days_open', 'is_masked'] + facts + times + decided %}

-- depends_on: {{ ref('finding_events') }}
-- {{ run_started_at.strftime('%Y-%m-%d') }}, overdue: {{ told_overdue() }}
with

observed as (
    select * from {{ ref('int_findings_observed') }}
),

decisions as (
    select * from {{ ref('int_findings_decided') }}
),

written_before as (
    select * from {{ this }}
),

-- Files that a run loaded, this one or one that did not come as far as here. Spark remembers none.
deliveries as (
    {% if target.type == 'spark' -%}
    select true as are_new
    {%- else -%}
    select count(*) > 0 as are_new
    from {{ ref('landing_ledger') }} as ledger
    inner join {{ ref('run_history') }} as runs
        on ledger.run_id = runs.run_id
    where
        ledger.status = 'loaded'
        and runs.started_at > (select max(known.last_found_at) from written_before as known)
    {%- endif %}
),

{{ known_findings('written_before', ref('int_persons_named')) }},

{{ pair_findings('observed', 'known') }},

numbered as (
    select
        observed.*,
        pairs.finding_id as known_id,
        {{ finding_id('observed.subject_key', 'observed.is_event', 'observed.period_start') }}
            as new_id
    from observed
    left join pairs
        on
            observed.subject_key = pairs.subject_key
            and observed.period_start is not distinct from pairs.period_start
),

-- What is so, and what was open and is so no more, as it was last seen.
compared as (
    select
        numbered.{{ facts | join(', numbered.') }},
        numbered.is_open,
        -- A period that split off may begin where another finding once began.
        coalesce(
            numbered.known_id,
            numbered.new_id || if(taken.finding_id is null, '', left(md5({{ now }}::varchar), 4))
        ) as finding_id,
        {{ was | join(', ') }}
    from numbered
    left join known
        on numbered.known_id = known.finding_id
    left join known as taken
        -- One equation: a condition of one side beside it makes the engine compare all pairs.
        on if(numbered.known_id is null, numbered.new_id, null) = taken.finding_id
    union all
    select
        {{ facts | join(', ') }},
        false as is_open,
        finding_id,
        {{ remembered | join(', ') }}
    from known
    where
        (resolved_at is null or not is_kept)
        and finding_id not in (select pairs.finding_id from pairs)
),

{{ finding_states('compared', 'decisions', 'deliveries', now) }},

changed as (
    select {{ written | join(', ') }} from stated
    except
    select {{ written | join(', ') }} from written_before
)

select
    {% for name in written %}stated.{{ name }},
    {% endfor -%}
    stated.last_events,
    getvariable('run_id') as run_id
from stated
semi join changed
    on stated.finding_id = changed.finding_id
