-- A log: a row is added when a rule or a reference seed is not what it was in the run before. From
-- that run on all rows are judged by the new one, and the summary says so.
{{ config(
    materialized='incremental',
    full_refresh=false
) }}

with

judges as (
    select
        'rule' as kind,
        source || '.' || feed || ' ' || rule_id as name,
        rule_version as version
    from {{ ref('int_rules_versioned') }}
    {%- for name in [
        'allowed_values', 'category_benefit_mappings', 'column_aliases', 'companies',
        'company_lookup', 'value_aliases',
    ] %}
    union all
    select
        'reference' as kind,
        '{{ name }}' as name,
        left(md5(coalesce(sum({{ row_hash(name) }}), 0)::varchar), 8) as version
    from {{ ref(name) }} as {{ name }}
    {%- endfor %}
),

known as (
    {% if is_incremental() and target.type != 'spark' -%}
    select
        kind,
        name,
        arg_max(version, coalesce(in_force_from, '-infinity')) as version
    from (select kind, name, coalesce(version, '') as version, in_force_from from {{ this }})
    group by kind, name
    {%- else -%}
    select * from judges
    where false
    {%- endif %}
)

select
    coalesce(judges.kind, known.kind) as kind,
    coalesce(judges.name, known.name) as name,
    judges.version,
    nullif(known.version, '') as version_before,
    timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as in_force_from,
    getvariable('run_id') as run_id
from judges
full join known
    on
        judges.kind = known.kind
        and judges.name = known.name
where coalesce(judges.version, '') is distinct from coalesce(known.version, '')
