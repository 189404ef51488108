"""Content hashes of the published marts, audit columns aside: the same input gives the same
hashes."""

from __future__ import annotations

import os
import sys
from collections.abc import Set
from pathlib import Path

import duckdb

# When and by which load or answer a row came is not what it says.
AUDIT_COLUMNS = {"load_id", "loaded_at", "enriched_at", "first_seen_at", "run_id"}


def mart_hashes(
    database: Path, schemas: tuple[str, ...] = ("marts",), without: Set[str] = frozenset()
) -> dict[str, str]:
    """Row count and order-free content hash of every table of some schemas.

    Args:
        database: path of analytics.duckdb.
        schemas: schemas to hash.
        without: columns to leave out beside the audit columns.

    Returns:
        Relation name to "<rows>:<hash>".
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema || '.' || table_name, column_name "
            "from information_schema.columns where list_contains(?, table_schema) "
            "order by table_schema, table_name, ordinal_position",
            [list(schemas)],
        ).fetchall()
        tables: dict[str, list[str]] = {}
        for table, column in columns:
            if column not in AUDIT_COLUMNS | without:
                tables.setdefault(table, []).append(f'"{column}"')
        return {
            table: "{}:{}".format(
                *connection.execute(
                    f"select count(*), sum(hash({', '.join(names)})::hugeint) from {table}"
                ).fetchone()
            )
            for table, names in tables.items()
        }


if __name__ == "__main__":
    folder = Path(os.environ.get("BENEFITS_DB_DIR", "warehouse"))
    for name, digest in mart_hashes(folder / "analytics.duckdb").items():
        sys.stdout.write(f"{name} {digest}\n")
