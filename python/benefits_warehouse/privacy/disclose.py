"""All that is held of one person, for that person: `make disclose`, see models/_privacy.md.

Who it is comes from standard input, as for `make forget`. The files go to a new folder in
`restricted/disclosures`, which only its owner may read: CSV, one for each place.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import duckdb

from benefits_warehouse.privacy.audit import record
from benefits_warehouse.privacy.commands import enter_warehouse
from benefits_warehouse.privacy.erasure import DISCLOSURES, Erasure
from benefits_warehouse.privacy.forget import read_request
from benefits_warehouse.privacy.forgotten import KINDS
from benefits_warehouse.privacy.mentions import Mentions
from benefits_warehouse.privacy.plan import Plan, Who
from benefits_warehouse.runtime.dbt_plugin import release_locks
from benefits_warehouse.sql import identifier, quoted
from benefits_warehouse.whole_files import PRIVATE_FOLDER

# How rows of the person are found in what is published: by the sender's ids, which stay as sent.
IDS = tuple(kind for kind in KINDS if kind != "email")


class Disclosure:
    """What a warehouse holds of a person.

    Args:
        folder: the warehouse folder; the caller holds its lock.
    """

    def __init__(self, folder: Path) -> None:
        self.erasure = Erasure(folder)
        self.connection = self.erasure.connection
        self.landed = self.erasure.finder.landed
        self.goal = folder / DISCLOSURES / f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H%M%S%fZ}"

    def write(self, who: Who, is_exact: bool) -> dict[str, int]:
        """Write the files.

        Args:
            who: identifiers by kind, as the warehouse compares them.
            is_exact: take these alone.

        Returns:
            File to the number of its rows, those without a row left out.

        Raises:
            RuntimeError: nobody is found, or several persons are.
        """
        finder = self.erasure.finder
        found = who if is_exact else finder.complete(who)
        finder.add_accounts(found)
        plan = Plan("", "", {kind: sorted(values) for kind, values in found.items()})
        queries = {
            name: f"select * from {self.landed.rows(name)} "
            f"where change = 'upsert' and {self.landed.of(name, found)} order by all"
            for name in self.landed.personal()
            if self.landed.files(name)
        }
        if not finder.find_names(found, plan):
            raise RuntimeError("Nobody with these identifiers is in the warehouse.")
        Mentions(self.connection, plan).note(f"select raw_line from {self.landed.lines()}")
        for table, condition in self.erasure.databases.history(plan):
            place = table.split(".")[-1].strip('"')
            queries[f"snapshots.{place}"] = f"from {table} where {condition}"
        queries["rejected_lines"] = f"from {self.landed.lines()} where {finder.lines_of(found)}"
        queries |= self.published(found)
        self.goal.mkdir(parents=True, mode=PRIVATE_FOLDER)
        self.goal.parent.chmod(PRIVATE_FOLDER)
        counts = {}
        for name, query in queries.items():
            count = self.landed.count(f"from ({query})")
            if count:
                path = self.goal / f"{name}.csv"
                self.connection.execute(
                    f"copy ({query}) to {quoted(path)} (format csv, header true)"
                )
                counts[path.name] = count
        return counts

    def published(self, who: Who) -> dict[str, str]:
        """Queries of the published tables that have rows of the person, as they are published.

        Args:
            who: identifiers by kind.
        """
        tables: dict[str, list[str]] = {}
        for schema, table, column in self.landed.query(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where database_name = 'analytics' and schema_name in ('marts', 'quality') "
            "and list_contains(?::varchar[], column_name)",
            [list(IDS)],
        ):
            values = ", ".join(quoted(value) for value in sorted(who[column]))
            if values:
                place = f"{identifier(schema)}.{identifier(table)}"
                tables.setdefault(place, []).append(f"{identifier(column)} in ({values})")
        if self.landed.query("from duckdb_tables() where table_name = 'findings'"):
            values = ", ".join(quoted(value) for ids in who.values() for value in sorted(ids))
            tables["marts.findings"] = [f"list_has_any(subject_ids, [{values}]::varchar[])"]
        return {
            place.replace('"', ""): f"from analytics.{place} where {' or '.join(conditions)}"
            for place, conditions in tables.items()
        }


def main() -> int:
    """Write what is held of the person that standard input names.

    Returns:
        The exit code: 0 when it is done, 2 with a message when it is not.
    """
    try:
        folder = enter_warehouse("make disclose")
        disclosure = Disclosure(folder)
        if sys.stdin.isatty():
            print(f"Which person? One `kind: value` a line ({', '.join(KINDS)}); Ctrl-D ends.")
        try:
            counts = disclosure.write(*read_request(sys.stdin))
        finally:
            disclosure.connection.close()
        record(folder, "disclosure", place=disclosure.goal.name, rows=counts)
    except (RuntimeError, OSError, duckdb.Error) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        release_locks()
    for name, count in counts.items():
        print(f"  {name:<50} {count:,} rows")
    print(f"In {disclosure.goal}, for its owner alone. Hand it over by a safe way, and delete it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
