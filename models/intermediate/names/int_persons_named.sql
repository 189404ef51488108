{{ config(materialized='table', meta={'is_known_by_rows': true}) }}

with

names as (
    {{ landed_names() }}
),

{{ name_pairs('names') }}

select distinct {{ name_token('first_name', 'last_name') }} as name_token
from pairs
