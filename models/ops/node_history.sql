-- Filled by the hooks of macros/system (start_run, end_run); the contract in the YAML is its definition.
{{ config(materialized='hook_table', full_refresh=false) }}

{{ columns_of_contract('node_history') }}
