-- A log beside the state: each stay in quarantine, from the run that withheld the row to the run
-- that no longer did. Only open stays are compared with what is withheld now.
{{ config(
    materialized='log',
    unique_key=['row_id', 'entered_run_id'],
    full_refresh=false,
    meta={'waits_for_change': true}
) }}
{%- set now = "timestamp '" ~ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") ~ "'" %}
{%- set facts = 'source, feed, row_id, all_reasons, record_key, entered_at, entered_run_id' %}

with -- depends_on: {{ ref('int_persons_named') }}

withheld as (
    {%- for feed in feeds().values() %}
    select
        '{{ feed.source }}' as source,
        '{{ feed.feed }}' as feed,
        row_id,
        all_reasons
    from {{ ref(feed.judged) }}
    where is_current and not is_valid and not is_deleted
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

{{ known_stays(this, ref('int_persons_named')) }},

open_stays as (
    select * from stays
    where left_at is null
),

new_rows as (
    select withheld.*
    from withheld
    anti join open_stays
        on withheld.row_id = open_stays.row_id
),

new_keys as (
    {%- for feed in feeds().values() %}
    select
        judged.row_id,
        {{ withheld_key(feed, 'judged') }} as record_key
    from {{ ref(feed.judged) }} as judged
    where judged.row_id in (select new_rows.row_id from new_rows)
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

entered as (
    select
        new_rows.*,
        new_keys.record_key,
        {{ now }} as entered_at,
        getvariable('run_id') as entered_run_id,
        null::timestamp as left_at,
        null::varchar as left_run_id,
        'withheld' as outcome
    from new_rows
    inner join new_keys
        on new_rows.row_id = new_keys.row_id
),

restated as (
    select
        withheld.*,
        open_stays.record_key,
        open_stays.entered_at,
        open_stays.entered_run_id,
        null::timestamp as left_at,
        null::varchar as left_run_id,
        'withheld' as outcome
    from withheld
    inner join open_stays
        on withheld.row_id = open_stays.row_id
    where withheld.all_reasons <> open_stays.all_reasons
),

gone as (
    select open_stays.*
    from open_stays
    anti join withheld
        on open_stays.row_id = withheld.row_id
),

-- What became of a row that is no longer withheld; a row that is not current was superseded.
judged_now as (
    {%- for feed in feeds().values() %}
    select
        row_id,
        case
            when is_current and is_deleted then 'deleted'
            when is_valid then 'released'
        end as outcome
    from {{ ref(feed.judged) }}
    where row_id in (select gone.row_id from gone)
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

ended as (
    select
        gone.{{ facts | replace(', ', ', gone.') }},
        {{ now }} as left_at,
        getvariable('run_id') as left_run_id,
        coalesce(judged_now.outcome, 'superseded') as outcome
    from gone
    left join judged_now
        on gone.row_id = judged_now.row_id
),

changed as (
    select * from entered
    union all
    select * from restated
    union all
    select * from ended
),

final as (
    select * from changed
    union all
    select
        {{ facts }},
        left_at,
        left_run_id,
        outcome
    from stays
    where
        is_renamed
        and (row_id, entered_run_id) not in (
            select (changed.row_id, changed.entered_run_id) from changed
        )
)

select
    source,
    feed,
    row_id,
    record_key,
    all_reasons[1] as rejection_reason,
    all_reasons,
    entered_at,
    entered_run_id,
    left_at,
    left_run_id,
    outcome
from final
