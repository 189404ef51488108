"""Python rows as a DuckDB relation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from benefits_warehouse.sql import identifier


def relation_of(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    types: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
) -> duckdb.DuckDBPyRelation:
    """Rows as a temporary table; one JSON parameter, since row-by-row inserts take ms each.

    Args:
        connection: DuckDB connection.
        name: name of the temporary table, replaced when it is there.
        types: column to DuckDB type, in their order.
        rows: dicts with these columns.
    """
    columns = ", ".join(map(identifier, types))
    text = json.dumps([{column: row[column] for column in types} for row in rows], default=str)
    connection.execute(
        f"""create or replace temp table {name} as
        select {columns} from (select unnest(from_json(?, ?), recursive := true))""",
        [text, json.dumps([dict(types)])],
    )
    return connection.table(name)


def is_there(connection: duckdb.DuckDBPyConnection, table: object) -> bool:
    """Whether a table exists; dbt's own `is_incremental` knows built-in materializations only.

    Args:
        connection: DuckDB connection.
        table: its name as SQL, such as dbt.this.
    """
    try:
        connection.sql(f"select 1 from {table} limit 0")
    except duckdb.CatalogException:
        return False
    return True
