-- Filled by the hooks of macros/system (start_run, end_run); its contract in the YAML defines it.
{{ config(materialized='hook_table', full_refresh=false) }}

{{ columns_of_contract('run_history') }}
