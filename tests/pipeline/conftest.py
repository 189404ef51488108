"""Whole runs of dbt in this process, each on a warehouse of its own in a temporary folder.

dbt runs in the folder of the warehouse, and all its places are named from there: so every warehouse
has the same settings, one parse of the project serves them all, and a copy of a folder is a
warehouse.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import gc
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import CompiledNode
from dbt.jsonschemas import jsonschemas

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "python"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent / "support"))

# Tests run on the project's own sample, whatever the user has set for a warehouse of theirs.
for name in [name for name in os.environ if name.startswith(("BENEFITS_", "DBT_"))]:
    del os.environ[name]

# What dbt has loaded lives to the end: a build is 5 % faster when nobody looks for garbage in it.
gc.freeze()
gc.set_threshold(100_000, 20, 20)

# These begin, the longest first, so that two workers end at about the same time.
LONGEST = [
    *("test_dagster", "test_lake", "test_spark", "test_decisions", "test_increments"),
    *("test_operations", "test_privacy", "test_findings_page", "test_parts", "test_interruptions"),
    *("test_year", "test_names_in_texts", "test_dashboard", "test_findings", "test_meanings"),
    *("test_erasure_everywhere", "test_quality_logs", "test_check", "test_alerts", "test_erasure"),
    *("test_reference_analyses", "test_quality_hostile", "test_cases", "test_quality_judge"),
    *("test_snapshots", "test_masked_state", "test_landed_format", "test_silence"),
    *("test_classic_case", "test_quality_grammar", "test_docs", "test_enrichment"),
    *("test_surroundings", "test_new_feed", "test_landing_build", "test_landing_shapes"),
]
# Commands whose files about the run nobody reads, but for Warehouse.writes_json.
QUIET = {"build", "run", "seed", "snapshot", "test"}
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


def pytest_addoption(parser: pytest.Parser) -> None:
    """--quick, see `make quick`."""
    parser.addoption("--quick", action="store_true", help="skip what asks for more than a parse")


def pytest_configure(config: pytest.Config) -> None:
    """Tell warehouses whether they may be built."""
    Warehouse.is_quick = config.getoption("--quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, see LONGEST."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


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


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """A folder that the first worker who needs it makes, and that the others wait for."""
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            part = Path(f"{folder}.part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            make(part)
            part.rename(folder)
    return folder


def parse(warehouse: Warehouse) -> None:
    """Parse the project from nothing; all that dbt says of it goes to the file `console`.

    dbt checks YAML against its schemas for a few adapters only, and would never complain on DuckDB.
    """
    checked = {*jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS, "duckdb"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonschemas, "_JSONSCHEMA_SUPPORTED_ADAPTERS", checked)
        result = warehouse.dbt("parse", "--no-partial-parse", "--show-all-deprecations")
    assert result.success, warehouse.output[-3000:]
    (warehouse.folder / "console").write_text(warehouse.output)


class Warehouse:
    """A warehouse folder, a landing zone and an export folder, and dbt runs on them.

    Args:
        folder: where everything of this warehouse is put.
        project: the project to run; the repository itself by default.
    """

    shared: Path  # a folder of all workers of this session
    writes_json = False  # manifest.json and run_results.json of builds: a tenth of their time
    is_quick = False  # a test that asks for more than a parse is skipped

    def __init__(self, folder: Path, project: Path = PROJECT) -> None:
        self.folder = folder
        self.project = project
        self.database = folder / "warehouse"
        self.zone = folder / "landing"
        self.exports = folder / "outputs"
        self.output = ""

    def ask_for_more(self) -> None:
        """Skip a test of `make quick` that asks for more than a parse."""
        if self.is_quick:
            pytest.skip("needs more than a parse")

    def deliver(
        self, feed: str, name: str, rows: Sequence[Mapping[str, Any]] | str | bytes
    ) -> Path:
        """Write one delivery `<zone>/<source>/<feed>/<name>`; rows as CSV, or raw text or bytes."""
        self.ask_for_more()
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

    @classmethod
    def parsed(cls, has_zone: bool = False) -> Path:
        """The folder of an empty warehouse for which dbt has parsed the project."""

        def make(folder: Path) -> None:
            warehouse = cls(folder)
            if has_zone:
                warehouse.zone.mkdir()
            parse(warehouse)

        return made_once(cls.shared / f"parsed_{'zone' if has_zone else 'seeds'}", make)

    def arguments(self, *arguments: str, variables: Mapping[str, Any] | None = None) -> list[str]:
        """The words of a dbt command on this warehouse, to be run in its folder, but the first."""
        if arguments[:1] != ("parse",):
            self.ask_for_more()
        settings: dict[str, Any] = {"export_dir": os.path.relpath(self.exports, self.folder)}
        if self.zone.exists():
            settings["landing_zone"] = os.path.relpath(self.zone, self.folder)
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
            *([] if self.writes_json or not {*arguments[:1]} & QUIET else ["--no-write-json"]),
        ]

    def take_parsed(self) -> None:
        """Begin with what dbt has parsed of the project: it reads anew what differs here."""
        goal = self.folder / "target" / "partial_parse.msgpack"
        if not goal.exists():
            goal.parent.mkdir(exist_ok=True)
            shutil.copy(self.parsed(self.zone.exists()) / "target" / goal.name, goal)

    def leave_zone(self) -> None:
        """From now on dbt is asked for the seeds."""
        shutil.rmtree(self.zone)
        (self.folder / "target" / "partial_parse.msgpack").unlink()

    def environment(self) -> dict[str, str]:
        """The environment variables that a dbt run on this warehouse needs."""
        return {
            "BENEFITS_DB_DIR": os.path.relpath(self.database, self.folder),
        }

    @contextlib.contextmanager
    def as_process(self, environment: Mapping[str, str] | None = None) -> Iterator[None]:
        """Do what a process would in the folder, with its variables; all is closed at the end.

        What is printed is kept in `output`.
        """
        before, folder = dict(os.environ), Path.cwd()
        os.environ.update({**self.environment(), **(environment or {})})
        os.chdir(self.folder)
        text = io.StringIO()
        try:
            with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
                yield
        finally:
            self.output = text.getvalue()
            from benefits_warehouse.runtime.dbt_plugin import close_databases

            close_databases()
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)

    def dbt(
        self,
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
        manifest: Manifest | None = None,
    ) -> dbtRunnerResult:
        """Run a dbt command; its console output is kept in `output`.

        Args:
            arguments: command and options.
            variables: vars besides those that name places.
            environment: variables besides those of the warehouse.
            manifest: the parsed project, so that other vars don't have it parsed again.
        """
        words = self.arguments(*arguments, variables=variables)
        if not variables and "--no-partial-parse" not in arguments:
            self.take_parsed()
        for node in manifest.nodes.values() if manifest else ():
            if isinstance(node, CompiledNode):
                node.extra_ctes_injected = False  # else dbt leaves ephemeral models out next time
        with self.as_process(environment):
            return dbtRunner(manifest).invoke(words)

    def manifest(self) -> Manifest:
        """The parsed project, for runs with other vars: one that only SQL reads is not in it."""
        result = self.dbt("parse")
        assert result.success, self.output[-3000:]
        return result.result

    def build(
        self,
        *arguments: str,
        vars: Mapping[str, Any] | None = None,
        manifest: Manifest | None = None,
    ) -> dbtRunnerResult:
        """`dbt build`; raises with dbt's own words when it did not succeed."""
        result = self.dbt("build", *arguments, variables=vars, manifest=manifest)
        if not result.success:
            raise AssertionError(f"dbt build failed: {result.exception}\n{self.output[-6000:]}")
        return result

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A read-only connection to the published database, as an analyst opens it."""
        self.ask_for_more()
        return duckdb.connect(str(self.database / "analytics.duckdb"), read_only=True)

    def query(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a query on the published database."""
        with self.connect() as connection:
            return connection.execute(sql, parameters or []).fetchall()

    def query_restricted(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the restricted database."""
        self.ask_for_more()
        path = self.database / "restricted.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def rows(self, relation: str) -> list[dict[str, Any]]:
        """All rows of a published relation as dicts."""
        with self.connect() as connection:
            result = connection.execute(f"select * from {relation}")
            names = [column[0] for column in result.description or []]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.fixture(scope="session", autouse=True)
def shared(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tell warehouses where all workers of this session meet."""
    folder = tmp_path_factory.getbasetemp()
    Warehouse.shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(params=[5_000, pytest.param(20_000, marks=pytest.mark.extended)])
def many(request: pytest.FixtureRequest) -> int:
    """How many values of chance are compared with a plain-Python reading."""
    return int(request.param)


@pytest.fixture
def make_warehouse(tmp_path: Path) -> Callable[..., Warehouse]:
    """A function that makes a warehouse of a name in this test's temporary folder."""

    def make(name: str = "warehouse", project_dir: Path = PROJECT) -> Warehouse:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        return Warehouse(folder, project_dir)

    return make


@pytest.fixture(scope="session")
def seed_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse built once on the sample seeds, for tests that only read it."""

    def build(folder: Path) -> None:
        warehouse = Warehouse(folder)
        warehouse.writes_json = True
        warehouse.build()

    built = made_once(Warehouse.shared / "seeds", build)
    return Warehouse(shutil.copytree(built, tmp_path_factory.mktemp("seeds") / "copy"))
