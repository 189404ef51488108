"""One row per company domain: what the enrichment API answered, kept as the cache of later runs."""

import json
from pathlib import Path

from benefits_warehouse.enrichment import answers
from benefits_warehouse.runtime.rows import is_there, relation_of


def model(dbt, session):
    """Ask for the domains that have no fresh answer.

    Args:
        dbt: the model's context; meta holds the settings (see the YAML beside).
        session: the DuckDB connection of the run.

    Returns:
        Relation with the rows to add or replace, its columns as the YAML beside declares.
    """
    dbt.config(materialized="log", unique_key="domain")
    settings = json.loads(dbt.config.meta_get("settings"))
    lookup = dbt.ref("company_lookup").project("email_domain").fetchall()
    mock = dbt.ref("enrichment_api_mock").project("domain, industry, revenue, headcount").fetchall()
    cache = []
    if is_there(session, dbt.this):
        cached = session.sql(f"select * from {dbt.this}")
        cache = [dict(zip(cached.columns, row, strict=True)) for row in cached.fetchall()]
    client = answers.stub_client(mock)
    if settings["mode"] == "http":  # only then is there something to import, which takes its time
        from benefits_warehouse.enrichment.client import Settings, http_client

        client = http_client(Settings.of(settings))
    ((folder,),) = session.sql("select getvariable('warehouse_folder')").fetchall()
    rows = answers.refresh(
        domains=[row[0] for row in lookup],
        cache=cache,
        client=client,
        ttl_days=settings["ttl_days"],
        journal=Path(folder) / "restricted" / "enrichment_answers.jsonl",
    )
    return relation_of(session, "new_enrichment_rows", answers.CACHE, rows)
