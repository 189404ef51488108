"""One row per company domain: what the enrichment API answered, kept as the cache of later runs."""

import json

from benefits_warehouse import enrichment
from benefits_warehouse.rows import relation_of


def model(dbt, session):
    """Ask for the domains that have no fresh answer.

    Args:
        dbt: the model's context; meta holds the settings (see the YAML beside).
        session: the DuckDB connection of the run.

    Returns:
        Relation with the rows to add or replace, columns as in enrichment.CACHE.
    """
    dbt.config(materialized="incremental", unique_key="domain")
    settings = json.loads(dbt.config.meta_get("settings"))
    lookup = dbt.ref("company_lookup").project("email_domain").fetchall()
    mock = dbt.ref("enrichment_api_mock").project("domain, industry, revenue, headcount").fetchall()
    cached = session.sql(f"select * from {dbt.this}").fetchall() if dbt.is_incremental else []
    rows = enrichment.refresh(
        domains=[row[0] for row in lookup],
        cache=[dict(zip(enrichment.CACHE, row, strict=True)) for row in cached],
        ask=enrichment.client(settings, mock),
        ttl_days=int(settings["ttl_days"]),
    )
    return relation_of(session, "new_enrichment_rows", enrichment.CACHE, rows)
