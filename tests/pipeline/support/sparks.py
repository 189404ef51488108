"""Warehouses that are built on Spark, too, and what both engines hold."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, Warehouse

from benefits_warehouse.runtime import to_spark

PYTHON = PROJECT / ".venv-spark" / "bin" / "python"
# Columns of the engine's own hash: rule_versions of the seeds is told by none other.
OF_ENGINE = {"quality.rule_versions": ["version"]}
# By run, and there is one on each engine.
OF_RUN = {
    "marts.findings": ["first_found_at", "last_found_at", "resolved_at", "run_id"],
    "marts.finding_events": ["happened_at", "run_id"],
    "quality.quality_trends": ["run_id", "recorded_at"],
    "quality.rule_versions": ["run_id", "in_force_from"],
    "quality.quarantine_history": ["entered_at", "entered_run_id"],
}


def need_spark() -> None:
    """Skip a test where Spark is not there, unless it has to be."""
    is_there = PYTHON.exists() and shutil.which("java")
    if not is_there and not os.environ.get("REQUIRE_SPARK"):
        pytest.skip("needs make .venv-spark/.installed, and Java 17")


class Sparks:
    """A warehouse of files, and the same on Spark.

    Args:
        warehouse: that of files; it is built already.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        need_spark()
        self.warehouse = warehouse
        self.output = ""
        self.conf = warehouse.folder / "conf"
        self.events = warehouse.folder / "events"
        for folder in (self.conf, self.events):
            folder.mkdir(exist_ok=True)
        settings = {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.compress": "false",
            "spark.eventLog.dir": self.events.as_uri(),
            # A few hundred rows are sooner read than code for them is compiled.
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        (self.conf / "spark-defaults.conf").write_text(text)

    def hand_over(self) -> None:
        """Write what DuckDB makes and Spark reads."""
        assert self.warehouse.dbt("parse").success, self.warehouse.output  # writes the manifest
        place = {"DBT_TARGET_PATH": "target"}
        with self.warehouse.as_process(place):
            code = to_spark.main()
        assert code == 0, self.warehouse.output

    def dbt(self, *arguments: str) -> int:
        """Run a dbt command on Spark; its exit code. What it prints is kept in `output`."""
        folder = self.warehouse.folder
        command = [
            *(str(PYTHON), str(PYTHON.with_name("dbt")), *arguments, "--no-use-colors"),
            *("--target", "spark", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(folder / "spark"), "--log-path", str(folder / "spark-logs")),
        ]
        environment = {
            **os.environ,
            **self.warehouse.environment(),
            "SPARK_CONF_DIR": str(self.conf),
            "BENEFITS_SPARK_MASTER": "local[2]",
            "BENEFITS_SPARK_PARTITIONS": "2",
            "BENEFITS_SPARK_THREADS": "2",
        }
        done = subprocess.run(
            command, cwd=folder, env=environment, timeout=3000, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.output = done.stdout
        return done.returncode

    def differences(self) -> Iterator[str]:
        """What marts and quality hold on one engine only, as multisets of rows."""
        database = self.warehouse.database
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            path = str(database / "analytics.duckdb").replace("'", "''")
            connection.execute(f"attach '{path}' as files (read_only)")
            for schema, table in connection.execute(
                "select schema_name, table_name from duckdb_tables() "
                "where database_name = 'files' and schema_name in ('marts', 'quality') order by all"
            ).fetchall():
                name = f"{schema}.{table}"
                place = database / "spark" / f"{schema}.db" / table
                if not place.is_dir():
                    yield f"{name} is not there"
                    continue
                yield from compared(connection, name, place)


def compared(connection: duckdb.DuckDBPyConnection, name: str, place: Path) -> Iterator[str]:
    """What a table holds on one engine only.

    Args:
        connection: with the published file as `files`.
        name: schema and table.
        place: folder of Spark's files.
    """
    left_out = [*OF_ENGINE.get(name, []), *OF_RUN.get(name, [])]
    there = f"read_parquet('{place}/*.parquet')".replace("''", "'")
    columns = connection.execute(f"describe from files.{name}").fetchall()
    of_spark = [row[0] for row in connection.execute(f"describe from {there}").fetchall()]
    if [row[0] for row in columns] != of_spark:
        yield f"{name} has the columns {of_spark}"
        return
    kept = [(f'"{column}"', kind) for column, kind, *_ in columns if column not in left_out]
    ours = f"select {', '.join(column for column, _ in kept)} from files.{name}"
    theirs = ", ".join(f"{column}::{kind} as {column}" for column, kind in kept)
    theirs = f"select {theirs} from {there}"
    for here, there in ((ours, theirs), (theirs, ours)):
        rows = connection.execute(f"({here}) except all ({there}) limit 3").fetchall()
        if rows:
            yield f"{name}, only in {'files' if here is ours else 'Spark'}: {rows}"
