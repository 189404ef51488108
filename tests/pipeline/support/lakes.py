"""Warehouses of target lake, and a PostgreSQL server of their own for the catalogs."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from conftest import Warehouse

from benefits_warehouse.runtime.lake import CATALOG, open_published

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def as_server(*words: str | Path) -> str:
    """Run a program of PostgreSQL, which refuses to run as root; its output.

    Args:
        words: name of the program, and its arguments.
    """
    who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    program, *arguments = map(str, words)
    command = [*who, str(BINARIES[-1] / program), *arguments]
    return subprocess.run(
        command, check=True, text=True, stdout=subprocess.PIPE, cwd="/", timeout=120
    ).stdout


class Server:
    """A PostgreSQL server on a socket, with a database a lake.

    Args:
        folder: where it is, and its socket; a short path, as sockets want it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def start(self) -> None:
        """Make the server and start it."""
        as_server("initdb", "-D", self.folder / "data", "-A", "trust", "-U", "benefits")
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off"
        log = self.folder / "log"
        as_server("pg_ctl", "-D", self.folder / "data", "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        """Stop the server."""
        as_server("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def database(self) -> str:
        """The connection string of a new database."""
        self.count += 1
        as_server("createdb", "-h", self.folder, "-U", "benefits", f"lake{self.count}")
        return f"dbname=lake{self.count} host={self.folder} user=benefits"

    def dump(self, database: str) -> str:
        """All that a database holds, as text."""
        return as_server("pg_dump", "--inserts", "-d", database)

    def files_with(self, text: str) -> list[Path]:
        """The server's files, of tables and of its log, that hold a text."""
        return [
            path
            for path in (self.folder / "data" / "base").rglob("*")
            if path.is_file() and text.encode() in path.read_bytes()
        ]


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """A server that runs within."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    found = Server(folder)
    try:
        found.start()
        yield found
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            found.stop()
        shutil.rmtree(folder)


class Lake(Warehouse):
    """A warehouse of target lake.

    Args:
        folder: where everything of it is put.
        catalog: connection string of PostgreSQL; empty for catalogs in files.
    """

    def __init__(self, folder: Path, catalog: str = "") -> None:
        super().__init__(folder)
        self.catalog = catalog

    def arguments(self, *arguments: str, variables: Mapping[str, Any] | None = None) -> list[str]:
        """See Warehouse; dbt is told of the target."""
        words = super().arguments(*arguments, variables=variables)
        return [*words, "--target", "lake"]

    def take_parsed(self) -> None:
        """Nothing is parsed yet for another target: the first command does it."""

    def environment(self) -> dict[str, str]:
        """See Warehouse; with the place of the catalogs."""
        return {**super().environment(), **({CATALOG: self.catalog} if self.catalog else {})}

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection to the snapshot that was published last."""
        before = os.environ.pop(CATALOG, None)
        try:
            if self.catalog:
                os.environ[CATALOG] = self.catalog
            return open_published(self.database / "analytics.duckdb")
        finally:
            os.environ.pop(CATALOG, None)
            if before is not None:
                os.environ[CATALOG] = before


def contents(
    connection: duckdb.DuckDBPyConnection, without: Sequence[str] = ()
) -> dict[str, tuple[Any, ...]]:
    """Count and hash of the rows of each table of marts and quality, as a multiset.

    Args:
        connection: of a published warehouse.
        without: columns that are left out, such as the times of runs.
    """
    tables: dict[str, list[str]] = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where schema_name in ('marts', 'quality') and database_name = current_database() "
        "order by all"
    ).fetchall():
        tables.setdefault(f"{schema}.{table}", []).append(column)
    return {
        table: connection.execute(
            "select count(*), sum(hash({})::hugeint) from {}".format(
                ", ".join(f'"{column}"' for column in columns if column not in without), table
            )
        ).fetchall()[0]
        for table, columns in tables.items()
    }
