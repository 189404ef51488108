-- Filled by an erasure (python/benefits_warehouse/privacy); its contract in the YAML defines it.
{{ config(materialized='hook_table', full_refresh=false) }}

{{ columns_of_contract('erasures') }}
