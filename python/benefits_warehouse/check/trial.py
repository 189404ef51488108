"""The project's own pipeline on one file, in a warehouse that is thrown away."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from dbt.cli.main import dbtRunner

from benefits_warehouse.feeds import PROJECT, Feed
from benefits_warehouse.privacy.names import masked_sql
from benefits_warehouse.runtime.dbt_plugin import close_databases
from benefits_warehouse.sql import identifier

NODES = ("validation_errors", "column_profile", "schema_drift", "loaded_files", "rejected_lines")
# Rules that ask other feeds, which are not there: they are named, and not counted.
OF_OTHER_FEEDS = frozenset(
    {
        *("no_coverage_on_service_date", "invalid_employee_id", "invalid_benefit_account_id"),
        *("cross_employee_account_usage", "terminated_employee", "category_mismatch"),
        *("over_monthly_allowance", "before_hire_date"),
    }
)


@dataclass(frozen=True)
class Trial:
    """A warehouse of one file.

    Args:
        folder: where all of it is.
        name: source.feed.
        feed: the feed as it is declared.
        sender: the sender.
    """

    folder: Path
    name: str
    feed: Feed
    sender: str

    def run(self, file: Path, reference: Path, more: dict[str, list[str]]) -> str:
        """Load the file and judge its rows; returns what dbt said where that failed.

        Args:
            file: the file.
            reference: folder of the reference seeds.
            more: seed to lines that are added to it.
        """
        seeds = self.folder / "reference"
        shutil.copytree(reference, seeds)
        for seed, lines in more.items():
            path = seeds / f"{seed}.csv"
            text = path.read_text(encoding="utf-8-sig").rstrip("\n")
            path.write_text("\n".join([text, *lines]) + "\n", encoding="utf-8")
        zone = self.folder / "zone" / self.name.replace(".", "/")
        zone = zone / f"sender={self.sender}" if self.sender else zone
        zone.mkdir(parents=True)
        try:
            os.link(file.resolve(), zone / file.name)
        except OSError:  # on another disk
            shutil.copyfile(file, zone / file.name)
        places = {
            "BENEFITS_DB_DIR": str(self.folder / "warehouse"),
            "BENEFITS_REFERENCE_DIR": str(seeds),
        }
        before, told = dict(os.environ), io.StringIO()
        os.environ.pop("BENEFITS_LANDING_ZONE", None)
        os.environ.update(places)
        try:
            with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
                result = dbtRunner().invoke(self.arguments())
        finally:
            close_databases()
            os.environ.clear()
            os.environ.update(before)
        return "" if result.success else f"{result.exception or ''}{told.getvalue()[-2000:]}"

    def arguments(self) -> list[str]:
        """The words of the dbt command."""
        selected = [f"+{node}" for node in NODES]
        return [
            *("build", "--select", *selected, "--exclude-resource-type", "test", "unit_test"),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--quiet"),
            *("--target-path", str(self.folder / "target")),
            *("--log-path", str(self.folder / "logs"), "--no-use-colors"),
            *("--vars", repr({"landing_zone": str(self.folder / "zone")})),
        ]

    @contextlib.contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The databases of the warehouse, to be read."""
        folder = self.folder / "warehouse"
        with duckdb.connect(config={"temp_directory": str(self.folder / "spill")}) as connection:
            pepper = secrets.token_hex(32)  # of this trial alone
            connection.execute(f"set TimeZone = 'UTC'; set variable pii_pepper = '{pepper}'")
            for name, path in (
                ("restricted", folder / "restricted.duckdb"),
                ("analytics", folder / ".build" / "analytics.duckdb"),
            ):
                connection.execute(f"attach '{path}' as {name} (read_only)")
            yield connection

    @property
    def staged(self) -> str:
        """SQL name of the staged rows."""
        return f"restricted.staging.stg_{self.name.replace('.', '__')}"

    @property
    def joined(self) -> str:
        """SQL of the rows, as staged and as landed."""
        landed = f"restricted.landing.land_{self.name.replace('.', '__')}"
        return f"{self.staged} as staged inner join {landed} as landed using (file_id, source_row)"

    def value(self, column: str) -> str:
        """SQL of a column as it is staged."""
        return f"staged.{identifier(self.feed.columns[column].staged_as or column)}"

    def first_rows(self, connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
        """The first five rows as cleaned and masked, as text, in the order of the registry."""
        unread, moved = ["0"], ["false"]
        for column, says in self.feed.columns.items():
            if says.type in ("date", "timestamp", "money", "ein"):
                cell = f"landed.{identifier(column)}"
                is_unread = f"(has_{column}_text and {self.value(column)} is null)"
                unread += [f"{is_unread}::tinyint"] * (says.type != "ein")
                moved.append(f"{is_unread} and regexp_matches({cell}, '@|([0-9][^0-9]*){{9}}')")
        doubtful = f"({' + '.join(unread)} > 1 or {' or '.join(moved)})"  # as macro odd_values
        values = [
            masked_sql(self.value(column), says.kind, doubtful)
            if says.type in ("text", "name", "email")
            else f"{self.value(column)}::varchar"
            for column, says in self.feed.columns.items()
        ]
        return connection.execute(
            f"select {', '.join(values)} from {self.joined} order by staged.source_row limit 5"
        ).fetchall()

    def counts(self, connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
        """Column to how many of its values are filled, and how many of these were read."""
        pairs = []
        for column, says in self.feed.columns.items():
            name = identifier(says.staged_as or column)
            is_text = says.type in ("text", "name")  # what is hidden is staged as a hash
            filled = f"count({name})" if is_text else f"count_if(has_{column}_text)"
            pairs.append(f"[{filled}, count({name})]")
        row = connection.execute(f"select {', '.join(pairs)} from {self.staged}").fetchall()[0]
        return {
            column: (int(filled), int(read))
            for column, (filled, read) in zip(self.feed.columns, row, strict=True)
        }

    def unread(self, connection: duckdb.DuckDBPyConnection, column: str) -> list[str]:
        """Up to three values of a column that can't be read, masked.

        Args:
            connection: of the databases.
            column: the column, which has a type.
        """
        says = self.feed.columns[column]
        value = masked_sql(f"landed.{identifier(column)}", says.kind)
        rows = connection.execute(
            f"""select distinct {value} as value from {self.joined}
            where has_{column}_text and {self.value(column)} is null
            order by 1 limit 3"""
        ).fetchall()
        return [str(row[0]) for row in rows]

    def query(self, connection: duckdb.DuckDBPyConnection, sql: str) -> Sequence[tuple[Any, ...]]:
        """Rows of a query about the feed, whose source and feed are its two parameters."""
        return connection.execute(sql, self.name.split(".")).fetchall()
