-- Which terms the plans had, since when and until when; withheld plans too, as in
-- employees_history.
{% snapshot plans_history %}
select
    -- Several options under one key are told apart by their content.
    case
        when has_conflicting_contents then entity_key || chr(31) || content_hash::varchar
        else entity_key
    end as entity_key,
    company_ein,
    plan_type,
    carrier_name,
    plan_name,
    start_date,
    end_date,
    is_valid,
    last_updated,
    load_id
from {{ ref('int_plans_judged') }}
where is_current and not is_deleted
{% endsnapshot %}
