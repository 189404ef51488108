-- What the roster said, since when and until when. Rows in quarantine are here too, marked by
-- is_valid: a withheld person is not gone, and dbt_is_deleted must mean nothing else.
{% snapshot employees_history %}
select
    entity_key,
    person_id,
    full_name,
    title,
    email,
    company_ein,
    company_ein_source,
    start_date,
    status,
    terminated_on,
    is_valid,
    last_updated,
    load_id
from {{ ref('int_employees_judged') }}
where not is_deleted
{% endsnapshot %}
