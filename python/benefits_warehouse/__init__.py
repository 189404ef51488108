"""Plain Python behind the dbt project: landing, enrichment, and what SQL cannot do."""
