"""Plain Python behind the dbt project: landing of files, enrichment, and what dbt's SQL cannot do."""
