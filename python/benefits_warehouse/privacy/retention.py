"""Logs and closed history that are older than the var retention_days: `make retain`.

Without HARD=1 it says what would go. With it, that is removed, both databases are written to new
files, and a build publishes what is left. What a build reads is never removed: landed rows, the
record of each run, what is open or current, and the newest result of each node.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import yaml

from benefits_warehouse.privacy.audit import record
from benefits_warehouse.privacy.commands import enter_warehouse
from benefits_warehouse.privacy.erasure import DISCLOSURES, build_anew, open_warehouse
from benefits_warehouse.privacy.restricted import rewrite_working
from benefits_warehouse.privacy.shareable import given_vars
from benefits_warehouse.runtime.dbt_plugin import refuse_while_rotating, release_locks
from benefits_warehouse.sql import identifier, only_row, quoted

# What a run asks the log of nodes for is kept: each node's newest row, and its newest stamp.
NODES = """
    from analytics.ops.node_history as nodes
    inner join analytics.ops.run_history as runs on nodes.run_id = runs.run_id
"""
OLD_NODES = """
    run_id in (select run_id from analytics.ops.run_history where started_at < {before})
    and (node, run_id) not in (
        select (nodes.node, arg_max(nodes.run_id, coalesce(runs.run_number, 0)))
        {nodes}
        group by nodes.node
        union all
        select (nodes.node, arg_max(nodes.run_id, coalesce(runs.run_number, 0)))
        {nodes}
        where nodes.stamp is not null
        group by nodes.node
    )
"""


class Retention:
    """What is older than a day, and its removal.

    Args:
        folder: the warehouse folder; the caller holds its lock.
        logs: folder of dbt's log files.
        before: UTC; what ended earlier is old.
    """

    def __init__(self, folder: Path, logs: Path, before: dt.datetime) -> None:
        self.folder = folder
        self.logs = logs
        self.before = before
        # No pepper is needed: nobody is looked up.
        self.connection = open_warehouse(folder, "")

    def tables(self) -> dict[str, str]:
        """The logs and histories that there are, each with the SQL condition of its old rows."""
        before = f"timestamp {quoted(self.before.replace(tzinfo=None))}"
        conditions = {
            "analytics.ops.node_history": OLD_NODES.format(before=before, nodes=NODES),
            "analytics.quality.quarantine_history": f"left_at < {before}",
            # Events go first, while the findings that they are of still say when they ended.
            "analytics.marts.finding_events": "finding_id in (select finding_id "
            f"from analytics.marts.findings where resolved_at < {before})",
            "analytics.marts.findings": f"resolved_at < {before}",
        }
        found = {}
        for database, schema, table, columns in self.connection.execute(
            "select database_name, schema_name, table_name, list(column_name) "
            "from duckdb_columns() where not internal group by all order by all"
        ).fetchall():
            name = f"{database}.{schema}.{table}"
            place = ".".join(map(identifier, (database, schema, table)))
            if name in conditions:
                found[place] = conditions[name]
            elif (database, schema) == ("restricted", "snapshots") and "dbt_valid_to" in columns:
                found[place] = f"dbt_valid_to < {before}"
        return found

    def old_rows(self) -> dict[str, int]:
        """Table to the number of its old rows."""
        return {
            place: int(only_row(self.connection, f"select count(*) from {place} where {old}")[0])
            for place, old in self.tables().items()
        }

    def old_files(self) -> Iterator[Path]:
        """Old log files of dbt, and folders of old disclosures."""
        for path in (*self.logs.glob("*.log*"), *(self.folder / DISCLOSURES).glob("*")):
            if not path.is_symlink() and path.stat().st_mtime < self.before.timestamp():
                yield path

    def remove(self) -> None:
        """Remove what is old; the databases are written to new files."""
        for place, old in self.tables().items():
            self.connection.execute(f"delete from {place} where {old}")
            # The comment of a log says that what it holds is up to date, and was exported.
            if "snapshots" not in place:
                self.connection.execute(f"comment on table {place} is null")
        rewrite_working(self.connection, self.folder)
        for path in self.old_files():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def log_folder(arguments: list[str]) -> Path:
    """Where dbt puts its log files.

    Args:
        arguments: of dbt, such as --log-path.
    """
    named = os.environ.get("DBT_LOG_PATH") or "logs"
    for flag, value in pairwise([*arguments, ""]):
        named = value if flag == "--log-path" else named
    return Path(named)


def main(arguments: list[str]) -> int:
    """Say what is older than the var retention_days, or remove it.

    Args:
        arguments: what HARD says ('' for nothing), and arguments of `dbt build`.

    Returns:
        The exit code: 0 when it is done, 2 with a message when it is not.
    """
    hard, *rest = [*arguments] or [""]
    try:
        days = int(given_vars(rest)["retention_days"])
        if hard not in ("", "0", "1"):
            raise RuntimeError(f"HARD={hard} is neither 1 nor 0. Nothing was changed.")
        if not days:
            raise RuntimeError("The var retention_days is 0: all is kept. Nothing was changed.")
        files_needed = ("restricted.duckdb", ".build/analytics.duckdb")
        folder = enter_warehouse("make retain", files_needed, is_reasoned=hard == "1")
        refuse_while_rotating(folder)
        before = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
        retention = Retention(folder, log_folder(rest), before)
        rows, files = retention.old_rows(), {path: size_of(path) for path in retention.old_files()}
        if hard == "1":
            retention.remove()
            counts = {place.replace('"', ""): count for place, count in rows.items()}
            record(folder, "retention", days=days, rows=counts, files=len(files))
        retention.connection.close()
        if hard == "1" and not build_anew(folder, rest):
            raise RuntimeError(
                "What is old is removed, but the build failed: what is published has it still. Fix "
                "what the build names, and run dbt build."
            )
    except (RuntimeError, OSError, duckdb.Error, yaml.YAMLError) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        release_locks()
    print(f"Older than {days} days, before {before:%Y-%m-%d %H:%M} UTC:")
    for place, count in rows.items():
        print(f"  {place.replace(chr(34), ''):<42} {count:,} rows")
    for path, size in files.items():
        print(f"  {path}  {size:,} bytes")
    print("Removed." if hard == "1" else "Nothing was changed: HARD=1 removes it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
