"""One row per delivered file: the ledger of landing, and the model that lands."""

import json

from benefits_warehouse.feeds import read_feeds
from benefits_warehouse.landing import loader
from benefits_warehouse.runtime.rows import is_there, relation_of


def model(dbt, session):
    """Land what is new and append its ledger rows.

    Args:
        dbt: the model's context; meta holds the feeds and the settings (see the YAML beside).
        session: the DuckDB connection of the run.

    Returns:
        Relation with the new rows of the ledger, its columns as the YAML beside declares.
    """
    dbt.config(materialized="log", full_refresh=False)
    settings = json.loads(dbt.config.meta_get("settings"))
    # The seeds of the feeds, made by `make feed`: dbt sees a parent only where it is named.
    seeds = {
        "employees_raw": dbt.ref("employees_raw"),
        "plans_raw": dbt.ref("plans_raw"),
        "claims_raw": dbt.ref("claims_raw"),
        "employees": dbt.ref("employees"),
        "benefit_accounts": dbt.ref("benefit_accounts"),
        "transactions": dbt.ref("transactions"),
    }
    aliases = dbt.ref("column_aliases").fetchall()
    references = {
        "companies": dbt.ref("companies").fetchall(),
        "company_lookup": dbt.ref("company_lookup").fetchall(),
        "company_identifiers": dbt.ref("company_identifiers").fetchall(),
        "sender_settings": dbt.ref("sender_settings").fetchall(),
        "delivery_decisions": dbt.ref("delivery_decisions").fetchall(),
    }
    ledger = []
    if is_there(session, dbt.this):
        rows = session.sql(f"select * from {dbt.this}")
        # A ledger of an older version may lack columns that later ones know.
        ledger = [
            {**dict.fromkeys(loader.LEDGER), **dict(zip(rows.columns, row, strict=True))}
            for row in rows.fetchall()
        ]
    ((folder, run_id),) = session.sql(
        "select getvariable('warehouse_folder'), getvariable('run_id')"
    ).fetchall()
    rows = loader.load_feeds(
        session,
        read_feeds(json.loads(dbt.config.meta_get("feeds"))),
        aliases,
        ledger,
        {**settings, "folder": f"{folder}/restricted/landing", "run_id": run_id},
        {name: f"({relation.sql_query()})" for name, relation in seeds.items()},
        references=references,
    )
    return relation_of(session, "new_ledger_rows", loader.LEDGER, rows)
