"""Hand over what DuckDB makes and Spark reads: part of `make spark`.

Landed files are read by Spark where they are. Seeds, Python models and the tables of landing are
written as Parquet files beside them, and so is the secret of the person tokens, so that it stands
in no SQL text. Which these are, the manifest of the run before says.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from benefits_warehouse.privacy.commands import enter_warehouse
from benefits_warehouse.privacy.restricted import attach_restricted
from benefits_warehouse.runtime.dbt_plugin import read_pepper, release_locks
from benefits_warehouse.sql import identifier, quoted
from benefits_warehouse.whole_files import PRIVATE_FILE, PRIVATE_FOLDER, replacing

HANDED_OVER = "restricted/spark/handed_over"
FOLDERS = ("restricted/spark", "spark")  # all that is Spark's in the warehouse folder
# What strip_accents makes of each letter, one or none, for an engine without that function.
LETTERS = """
    with letters as (
        select chr(code) as letter, strip_accents(chr(code)) as plain
        from (
            select unnest(range(128, 55296) || range(57344, 1114112))::int as code
        )
    )
    select
        string_agg(letter, '' order by length(plain) desc, letter) as letters,
        string_agg(plain, '' order by length(plain) desc, letter) as plain
    from letters where letter <> plain
"""


def given(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What DuckDB makes and Spark reads: name, schema and table of each.

    Args:
        manifest: that of a run on the target of files.
    """
    for node in manifest["nodes"].values():
        if node["resource_type"] == "seed" or node.get("language") == "python":
            yield node["name"], node["schema"], node["alias"]
    for node in manifest["sources"].values():
        if not node["name"].startswith("land_"):  # these are the landed files themselves
            yield node["name"], node["schema"], node["identifier"]


def hand_over(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Write the files that Spark reads, each whole or not at all.

    Args:
        folder: the warehouse folder; its lock is held.
        manifest: that of a run on the target of files.

    Returns:
        The names of what was written.

    Raises:
        RuntimeError: there is no warehouse, or it lacks a table.
    """
    if not (folder / "restricted.duckdb").exists():
        raise RuntimeError(f"There is no warehouse of files in {folder}: run dbt build first.")
    goal = folder / HANDED_OVER
    goal.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    names = []
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        attach_restricted(connection, folder / "restricted.duckdb")
        connection.execute("create table pepper (value varchar)")
        connection.execute("insert into pepper values (?)", [read_pepper(folder)])
        connection.execute(f"create table letters as {LETTERS}")
        places = [(n, f"restricted.{identifier(s)}.{identifier(t)}") for n, s, t in given(manifest)]
        for name, place in [*places, *((name, f"memory.{name}") for name in ("letters", "pepper"))]:
            with replacing(goal / f"{name}.parquet", PRIVATE_FILE) as part:
                try:
                    connection.execute(f"copy (from {place}) to {quoted(part)} (format parquet)")
                except duckdb.CatalogException:
                    raise RuntimeError(f"{place} is not there: run dbt build first.") from None
            names.append(name)
    return names


def main() -> int:
    """Hand over what the warehouse of BENEFITS_DB_DIR holds.

    Returns:
        The exit code: 0 when it is done, 2 with a message when it is not.
    """
    target = Path(os.environ.get("DBT_TARGET_PATH") or "target")
    try:
        folder = enter_warehouse("make spark", is_reasoned=False)
        names = hand_over(folder, json.loads((target / "manifest.json").read_text()))
    except (RuntimeError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    finally:
        release_locks()
    sys.stdout.write(f"Handed over to Spark: {len(names)} tables, in {folder / HANDED_OVER}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
