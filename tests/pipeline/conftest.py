"""Whole runs of dbt in this process, each on a warehouse of its own in a temporary folder."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "python"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

# What a copy of the project needs; warehouses, outputs and environments stay behind.
PARTS = [
    "dbt_project.yml",
    "profiles.yml",
    "packages.yml",
    "package-lock.yml",
    "selectors.yml",
    "models",
    "macros",
    "seeds",
    "snapshots",
    "tests/quality",
    "tests/marts",
    "analyses",
    "python",
    "dbt_packages",
]


def copy_project(goal: Path) -> Path:
    """A copy of the project's sources, to change seeds or rules in.

    Args:
        goal: folder to make; must not exist.

    Returns:
        The folder.
    """
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, goal / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            (goal / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, goal / part)
    return goal


class Warehouse:
    """A warehouse folder, a landing zone and an export folder, and dbt runs on them.

    Args:
        folder: where everything of this warehouse is put.
        project: the project to run; the repository itself by default.
    """

    def __init__(self, folder: Path, project: Path = PROJECT) -> None:
        self.folder = folder
        self.project = project
        self.database = folder / "warehouse"
        self.zone = folder / "landing"
        self.exports = folder / "outputs"
        self.output = ""

    def deliver(
        self, feed: str, name: str, rows: Sequence[Mapping[str, Any]] | str | bytes
    ) -> Path:
        """Write one delivery `<zone>/<source>/<feed>/<name>`; rows as CSV, or raw text or bytes."""
        path = self.zone / feed.replace(".", "/") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(rows, bytes):
            path.write_bytes(rows)
        elif isinstance(rows, str):
            path.write_text(rows, newline="")
        else:
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        return path

    def arguments(self, *arguments: str, variables: Mapping[str, Any] | None = None) -> list[str]:
        """The words of a dbt command on this warehouse, without the first one."""
        settings: dict[str, Any] = {"export_dir": str(self.exports)}
        if self.zone.exists():
            settings["landing_zone"] = str(self.zone)
        settings |= dict(variables or {})
        return [
            *arguments,
            "--project-dir",
            str(self.project),
            "--profiles-dir",
            str(self.project),
            "--target-path",
            str(self.folder / "target"),
            "--log-path",
            str(self.folder / "logs"),
            "--vars",
            repr(settings),
            "--no-use-colors",
        ]

    def environment(self) -> dict[str, str]:
        """The environment variables that a dbt run on this warehouse needs."""
        return {"BENEFITS_DB_DIR": str(self.database), "BENEFITS_LANDING_ZONE": ""}

    def dbt(
        self,
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> dbtRunnerResult:
        """Run a dbt command; its console output is kept in `output`."""
        before, folder = dict(os.environ), Path.cwd()
        os.environ.update({**self.environment(), **(environment or {})})
        text = io.StringIO()
        try:
            with contextlib.redirect_stdout(text):
                return dbtRunner().invoke(self.arguments(*arguments, variables=variables))
        finally:
            self.output = text.getvalue()
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)

    def build(self, *arguments: str, vars: Mapping[str, Any] | None = None) -> dbtRunnerResult:
        """`dbt build`; raises with dbt's own words when it did not succeed."""
        result = self.dbt("build", *arguments, variables=vars)
        if not result.success:
            raise AssertionError(f"dbt build failed: {result.exception}\n{self.output[-6000:]}")
        return result

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A read-only connection to the published database, as an analyst opens it."""
        return duckdb.connect(str(self.database / "analytics.duckdb"), read_only=True)

    def query(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a query on the published database."""
        with self.connect() as connection:
            return connection.execute(sql, parameters or []).fetchall()

    def query_restricted(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on a copy of the restricted database: dbt may still hold the file."""
        with tempfile.TemporaryDirectory() as folder:
            for path in self.database.glob("restricted.duckdb*"):
                shutil.copy(path, folder)
            with duckdb.connect(f"{folder}/restricted.duckdb") as connection:
                return connection.execute(sql).fetchall()

    def rows(self, relation: str) -> list[dict[str, Any]]:
        """All rows of a published relation as dicts."""
        with self.connect() as connection:
            result = connection.execute(f"select * from {relation}")
            names = [column[0] for column in result.description or []]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.fixture
def make_warehouse(tmp_path: Path) -> Iterator[Callable[..., Warehouse]]:
    """A function that makes a warehouse of a name in this test's temporary folder."""
    from benefits_warehouse.dbt_plugin import release_locks

    def make(name: str = "warehouse", project_dir: Path = PROJECT) -> Warehouse:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        return Warehouse(folder, project_dir)

    yield make
    release_locks()


@pytest.fixture
def close_databases() -> Iterator[Callable[[], None]]:
    """A function that ends what dbt holds in this process: databases and locks."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    from benefits_warehouse.dbt_plugin import release_locks

    def close() -> None:
        DuckDBConnectionManager.close_all_connections()
        release_locks()

    yield close
    close()


@pytest.fixture(scope="session")
def seed_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse built once on the sample seeds, for tests that only read it."""
    warehouse = Warehouse(tmp_path_factory.mktemp("seeds"))
    warehouse.build()
    return warehouse
