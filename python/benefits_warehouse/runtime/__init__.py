"""What runs around dbt: the plugin of the adapter, its messages, and a full disk."""
