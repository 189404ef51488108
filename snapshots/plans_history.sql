-- Which terms the plans had, since when and until when; withheld plans too, as in
-- employees_history.
{% snapshot plans_history %}
select
    entity_key,
    company_ein,
    plan_type,
    carrier_name,
    start_date,
    end_date,
    is_valid,
    last_updated,
    load_id
from {{ ref('int_plans_judged') }}
where not is_deleted
{% endsnapshot %}
