"""MetricFlow on the published warehouse, and its values against plain SQL.

    python .ci/metrics.py query --metrics gap_days --group-by company__company_name

Words are those of `mf`; without any, the semantic layer is validated and its metrics are listed.
`mf` runs in a folder of its own, target/metrics, whose profile opens analytics.duckdb read-only: it
meets no run, takes no lock and leaves no record. It wants a manifest, which `dbt parse` makes.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb

CI = Path(__file__).resolve().parent
PROJECT = CI.parent
QUERIES = CI / "metrics.sql"  # queries of mf, each with the same by hand below it
NEGLIGIBLE = Decimal("1e-9")  # of a value: MetricFlow divides in floating point

Row = tuple[Any, ...]


def prepare(folder: Path, database: Path) -> None:
    """Make the folder that `mf` runs in, and move there.

    Args:
        folder: is made where it is missing; its `target` gets the semantic manifest.
        database: the published analytics.duckdb.

    Raises:
        FileNotFoundError: nothing is published yet.
        subprocess.CalledProcessError: the project does not parse.
    """
    if not database.exists():
        raise FileNotFoundError(f"There is no {database}: `make build` makes it.")
    folder.mkdir(parents=True, exist_ok=True)
    arguments = ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    subprocess.run(
        [Path(sys.executable).with_name("dbt"), "--quiet", "parse", *arguments],
        cwd=PROJECT,
        check=True,
    )
    project = {
        "name": "benefits_warehouse",
        "profile": "metrics",
        "flags": {"send_anonymous_usage_stats": False},
    }
    output = {
        "type": "duckdb",
        "path": str(database),
        "config_options": {"access_mode": "read_only", "autoinstall_known_extensions": False},
    }
    profile = {"metrics": {"target": "published", "outputs": {"published": output}}}
    (folder / "dbt_project.yml").write_text(json.dumps(project))  # JSON is YAML, too
    (folder / "profiles.yml").write_text(json.dumps(profile))
    os.environ |= {"DBT_PROFILES_DIR": str(folder), "DBT_PROJECT_DIR": str(folder)}
    os.chdir(folder)


def open_metricflow() -> Any:
    """MetricFlow's configuration, which holds what its commands have read and opened so far.

    MetricFlow is imported here: the environment of the project does without it.
    """
    import update_checker
    from dbt_metricflow.cli import main
    from dbt_metricflow.cli.cli_configuration import CLIConfiguration

    update_checker.UpdateChecker.check = lambda *_, **__: None  # nothing is asked of the network
    # Spinners write to where the output went at import, and draw themselves into log files.
    spinner = main.Halo
    if not sys.stdout.isatty():
        spinner.start = lambda self, *_: self
    main.Halo = lambda **words: spinner(stream=sys.stdout, **words)
    return CLIConfiguration()


def mf(configuration: Any, *words: str) -> int:
    """Run a command of `mf` in this process; 0 where it went well."""
    from dbt_metricflow.cli.main import cli

    try:
        cli.main(list(words), prog_name="mf", standalone_mode=False, obj=configuration)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def comparable(value: Any) -> Any:
    """A value of either side as a number where it is one, else as text without a time of 0:00."""
    if value is None or value == "":
        return None
    with contextlib.suppress(InvalidOperation):
        return Decimal(str(value))
    return str(value).removesuffix(" 00:00:00").removesuffix("T00:00:00")


def sortable(row: Row) -> list[str]:
    """What orders rows of both sides alike."""
    return [f"{cell:.6f}" if isinstance(cell, Decimal) else str(cell) for cell in row]


def same(one: Any, other: Any) -> bool:
    """Whether two comparable values are the same, but for floating point."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) <= NEGLIGIBLE * max(Decimal(1), abs(other))
    return bool(one == other)


def equal(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Whether two results hold the same rows in any order."""
    pairs = zip(sorted(left, key=sortable), sorted(right, key=sortable), strict=False)
    return len(left) == len(right) and all(
        len(one) == len(other) and all(map(same, one, other)) for one, other in pairs
    )


def read_answer(path: Path) -> list[Row]:
    """Rows of a CSV file that `mf query --csv` wrote; none where it wrote none."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [tuple(map(comparable, row)) for row in list(csv.reader(file))[1:]]


def by_hand(database: Path) -> list[tuple[list[str], list[Row]]]:
    """The queries of metrics.sql: words of `mf`, and the rows that plain SQL gives.

    Ask this first: DuckDB opens a file in one way at a time, and `mf` has another.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        return [
            (
                shlex.split(command),
                [tuple(map(comparable, row)) for row in connection.execute(sql).fetchall()],
            )
            for command, sql in re.findall(r"^-- mf (.+)\n([^;]+);", QUERIES.read_text(), re.M)
        ]


def differences(configuration: Any, queries: Sequence[tuple[list[str], list[Row]]]) -> list[str]:
    """What is wrong with the metrics: one text each.

    Queries whose answer is not that of their SQL, queries without a row, which would show nothing,
    and metrics that no query is about.
    """
    found, asked, answer = [], set(), Path("answer.csv")
    for words, expected in queries:
        asked |= set(words[words.index("--metrics") + 1].split(","))
        answer.unlink(missing_ok=True)
        mf(configuration, *words, "--quiet", "--csv", str(answer))
        told = read_answer(answer)
        if not expected or not equal(told, expected):
            found.append(f"mf {shlex.join(words)}\n  gives {told}\n  and SQL {expected}")
    known = {metric.name for metric in configuration.semantic_manifest.metrics}
    return found + [f"{QUERIES.name} has no query of {name}" for name in sorted(known - asked)]


def main() -> int:
    """Run `mf` on the project's warehouse."""
    database = PROJECT / os.environ.get("BENEFITS_DB_DIR", "warehouse") / "analytics.duckdb"
    prepare(PROJECT / "target" / "metrics", database)
    configuration = open_metricflow()
    if len(sys.argv) > 1:
        return mf(configuration, *sys.argv[1:])
    return mf(configuration, "validate-configs", "--show-all") or mf(
        configuration, "list", "metrics"
    )


if __name__ == "__main__":
    sys.exit(main())
