{{ config(
    materialized='after_judged',
    unique_key='row_id',
    meta={'partitioned_by': ['year(service_date)']}
) }}

with

claims as (
    select * from {{ ref('int_claims_judged') }}
    where
        is_valid
        and not is_deleted
        and version_rank = 1
        and {{ is_judged_since('int_claims_judged') }}
)

select
    claim_id,
    line_number,
    company_ein,
    service_date,
    paid_date,
    amount,
    claim_type,
    claim_status,
    dq_flags,
    row_id,
    load_id,
    loaded_at
from claims
