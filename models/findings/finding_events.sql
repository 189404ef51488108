-- Filled by the post-hook of findings (macro log_events); its contract in the YAML defines it.
{{ config(materialized='hook_table', full_refresh=false) }}

{{ columns_of_contract('finding_events') }}
