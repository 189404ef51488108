-- Companies with other persons on the roster than expected, or with persons that nobody expected.
with

mismatch as (
    select * from {{ ref('roster_mismatch') }}
    where difference is distinct from 0
)

select
    company_ein as natural_key,
    false as is_event,
    true as is_open,
    company_ein,
    'Head count' as subject,
    {{ counted('observed', 'person') }} || ' on the roster ' || case
        when difference is null
            then 'and no expected number to compare with.'
        else
            format(
                'where {} are expected, {} {}.', {{ with_commas('expected') }},
                {{ with_commas('abs(difference)') }},
                if(difference > 0, 'too many', 'too few')
            )
    end as summary,
    case severity when 'Critical' then 4 when 'High' then 3 when 'Medium' then 2 else 1 end
        as measured,
    null as money_at_stake,
    null::date as period_start,
    null::date as period_end,
    'marts.roster_mismatch' as evidence_relation,
    {{ evidence_filter({'company_ein': 'company_ein'}) }} as evidence_filter,
    []::varchar[] as subject_ids
from mismatch
