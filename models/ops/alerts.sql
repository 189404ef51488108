-- Filled by the hook end_run (queue_alerts, post_alerts); its contract in the YAML defines it.
{{ config(materialized='hook_table', full_refresh=false) }}

{{ columns_of_contract('alerts') }}
