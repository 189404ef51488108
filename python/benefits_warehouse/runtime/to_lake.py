"""Move a warehouse of files into a lake: `make lake`. Nothing is landed again.

Landed Parquet stays where it is. Each table of both databases is copied with its comment, which
says what it was built from, so that the next build finds all of them up to date; views that build
makes anew. The files stay as they are, to go back to, until somebody removes them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import duckdb

from benefits_warehouse.privacy.restricted import attach_plain, attach_restricted
from benefits_warehouse.runtime.dbt_plugin import (
    refuse_while_erasing,
    refuse_while_rotating,
    release_locks,
    take_lock,
)
from benefits_warehouse.runtime.lake import LAKES, copy_table, is_lake, make_lake, take_in_use
from benefits_warehouse.sql import identifier, only_row


def move(folder: Path) -> dict[str, int]:
    """Copy all tables of a warehouse of files into a lake, each checked by its rows.

    Args:
        folder: the warehouse folder; its lock is held.

    Returns:
        Lake to the number of its tables.

    Raises:
        RuntimeError: there is no such warehouse, it is a lake already, or a copy has other rows.
    """
    working_copy = folder / ".build" / "analytics.duckdb"
    if is_lake(folder):
        raise RuntimeError(f"{folder} is a lake already. Nothing was changed.")
    if not working_copy.exists():
        raise RuntimeError(f"There is no warehouse in {folder}: run dbt build first.")
    spills = str(folder / "restricted" / "tmp")
    counts = dict.fromkeys(LAKES, 0)
    connection = duckdb.connect(
        config={"autoinstall_known_extensions": False, "temp_directory": spills}
    )
    with connection:
        attach_restricted(connection, folder / "restricted.duckdb", "restricted_before")
        attach_plain(connection, working_copy, "analytics_before")
        make_lake(connection, folder)
        for database, schema, table, comment in connection.execute(
            "select database_name, schema_name, table_name, comment from duckdb_tables() "
            "where database_name in ('restricted_before', 'analytics_before') order by all"
        ).fetchall():
            lake = database.removesuffix("_before")
            source, goal = (
                ".".join(map(identifier, (name, schema, table))) for name in (database, lake)
            )
            connection.execute(f"create schema if not exists {lake}.{identifier(schema)}")
            copy_table(connection, source, (lake, schema, table), comment)
            digests = [
                only_row(connection, f"select count(*), sum(hash(t)::hugeint) from {place} as t")
                for place in (source, goal)
            ]
            if digests[0] != digests[1]:
                raise RuntimeError(f"The copy of {source} has other rows. The files are untouched.")
            counts[lake] += 1
    take_in_use(folder)
    return counts


def main() -> int:
    """Move the warehouse that BENEFITS_DB_DIR names.

    Returns:
        The exit code: 0 when it is done, 2 with a message when it is not.
    """
    os.umask(0o077)
    folder = Path(os.environ.get("BENEFITS_DB_DIR") or "warehouse").resolve()
    try:
        if not folder.exists():
            raise RuntimeError(f"There is no warehouse in {folder}: run dbt build first.")
        take_lock(folder, "make lake")
        refuse_while_erasing(folder)
        refuse_while_rotating(folder)
        counts = move(folder)
    except (RuntimeError, OSError, duckdb.Error) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        release_locks()
    told = ", ".join(f"{count} tables in {lake}" for lake, count in counts.items())
    print(f"{folder} is a lake now: {told}, with the same rows. Next: dbt build --target lake.")
    print(
        "Then remove restricted.duckdb, analytics.duckdb and .build: nothing keeps them up to date"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
