{{ config(materialized='table', meta={'is_known_by_rows': true}) }}

with

{{ name_pairs(ref('int_names_landed')) }}

select distinct {{ name_token('first_name', 'last_name') }} as name_token
from pairs
