"""Graders of the dbt project: what they find beside what is expected, in one table.

    python .ci/grade.py [GRADER …]

Without names all of them are asked. grade.csv holds what is expected, exceptions.csv what is let
pass and why; a grader with a worse result, or an exception that does nothing, fails. Everything
happens in target/grade: a build of the sample seeds of its own, never the user's warehouse, and a
copy of the tree for graders that could change it.
"""

from __future__ import annotations

import contextlib
import csv
import fnmatch
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import mean
from typing import Any

import duckdb
import yaml

CI = Path(__file__).resolve().parent
PROJECT = CI.parent
SCRATCH = PROJECT / "target" / "grade"
TARGET = SCRATCH / "target"
DATABASE = SCRATCH / "warehouse" / "analytics.duckdb"
BIN = Path(sys.executable).parent
UNREACHABLE = "External connection exception"  # dbt's words where the hub does not answer

KINDS = {  # of dbt-coverage
    "doc": "documented columns",
    "test": "columns with a test of their own",
    "unit-test": "models with a unit test",
}

Measures = dict[str, float]


class Unavailable(RuntimeError):
    """A grader can't run here, and why; that is no failure of the project."""


def sample_environment() -> dict[str, str]:
    """The environment without reference seeds of the user's: the sample is what is graded."""
    return {name: value for name, value in os.environ.items() if name != "BENEFITS_REFERENCE_DIR"}


def run(*words: str | Path, ok: Iterable[int] = (0,), **variables: str) -> str:
    """Output of a command that is run in the project's folder.

    Args:
        words: the command.
        ok: exit codes that are no failure.
        variables: environment variables to add.

    Raises:
        RuntimeError: another exit code, with what the command said.
    """
    done = subprocess.run(
        [str(word) for word in words],
        cwd=PROJECT,
        env={**sample_environment(), **variables},
        capture_output=True,
        text=True,
    )
    if done.returncode not in ok:
        raise RuntimeError(f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


class Exceptions:
    """The exceptions of a grader; whether each was needed is kept.

    Args:
        grader: name in the column of that name. Rule and subject are patterns as of file names; an
            exception without a subject is one from the whole rule.
    """

    def __init__(self, grader: str) -> None:
        self.rows = [row for row in read_csv(CI / "exceptions.csv") if row["grader"] == grader]
        self._needed: set[int] = set()

    def lets_pass(self, rule: str, subject: str = "") -> bool:
        """Whether a finding is excepted."""
        fitting = [
            place
            for place, row in enumerate(self.rows)
            if fnmatch.fnmatchcase(rule, row["rule"])
            and fnmatch.fnmatchcase(subject, row["subject"])
        ]
        self._needed.update(fitting)
        return bool(fitting)

    def idle(self) -> int:
        """How many exceptions nothing needs; they are printed."""
        return report(
            f"exception that nothing needs: {row['rule']} {row['subject']}"
            for place, row in enumerate(self.rows)
            if place not in self._needed
        )


def report(lines: Iterable[str]) -> int:
    """Print findings; how many they are."""
    found = list(lines)
    for line in found:
        print(f"  {line}")
    return len(found)


def dbt(*words: str) -> str:
    """Output of a dbt command on the scratch warehouse."""
    arguments = ["--target-path", str(TARGET), "--log-path", str(SCRATCH / "logs"), "--quiet"]
    settings = json.dumps({"export_dir": str(SCRATCH / "outputs"), "landing_zone": ""})
    return run(
        BIN / "dbt",
        *words,
        *arguments,
        "--vars",
        settings,
        BENEFITS_DB_DIR=str(SCRATCH / "warehouse"),
    )


def copy_tree() -> Path:
    """A copy of the tree, without what git ignores; what a grader changes in it is lost."""
    goal = SCRATCH / "copy"
    shutil.rmtree(goal, ignore_errors=True)
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).is_file():
            (goal / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, goal / name)
    return goal


def bouncer() -> Measures:
    """dbt-bouncer: every check is configured, or excepted with a reason."""
    told, config = SCRATCH / "bouncer.json", CI / "dbt-bouncer.yml"
    words = ["--config-file", str(config), "--output-file", str(told), "--output-format", "json"]
    run(BIN / "dbt-bouncer", "run", *words, ok=(0, 1), DBT_PROJECT_DIR=str(SCRATCH))
    checks, exceptions = json.loads(told.read_text()), Exceptions("dbt-bouncer")
    bad = [
        check["failure_message"]
        for check in checks
        if check["outcome"] != "success"
        and not exceptions.lets_pass(*check["check_run_id"].split(":")[::2])
    ]
    listed = json.loads(run(BIN / "dbt-bouncer", "list", "--output-format", "json"))
    names = [check["name"] for group in listed.values() for check in group]
    known = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in names}
    groups = yaml.safe_load(config.read_text()).values()
    unused = known - {check["name"] for group in groups for check in group}
    return {
        "checks": len(checks),
        "findings": report(bad),
        "checks neither used nor excepted": report(
            sorted(name for name in unused if not exceptions.lets_pass(name))
        ),
        "idle exceptions": exceptions.idle(),
    }


def score() -> Measures:
    """dbt-score: 10 for each model, seed, snapshot, exposure and macro; rules off have a reason."""
    told = run(
        *(BIN / "dbt-score", "lint", "--format", "json"),
        *("--manifest", TARGET / "manifest.json"),
        ok=(0, 1),
    )
    found = json.loads(told[told.index("{") :])
    exceptions = Exceptions("dbt-score")
    items = {
        name: item
        for name, item in found["evaluables"].items()
        if not exceptions.lets_pass("evaluable", name)
    }
    report(
        f"{name}: {rule.rsplit('.')[-1]}: {result['message']}"
        for name, item in items.items()
        for rule, result in item["results"].items()
        if result["result"] != "OK"
    )
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["dbt-score"]
    off = [rule for rule in settings["disabled_rules"] if not exceptions.lets_pass(rule)]
    return {
        "items": len(items),
        "score": mean(item["score"] for item in items.values()),
        "lowest score": min(item["score"] for item in items.values()),
        "rules off without a reason": report(off),
        "idle exceptions": exceptions.idle(),
    }


def coverage() -> Measures:
    """dbt-coverage, in percent."""
    measures = {}
    for kind, name in KINDS.items():
        path = SCRATCH / f"coverage_{kind}.json"
        places = ["--run-artifacts-dir", str(TARGET), "--cov-report", str(path)]
        run(BIN / "dbt-coverage", "compute", kind, *places)
        measures[name] = round(100 * json.loads(path.read_text())["coverage"], 1)
    return measures


def autofix() -> Measures:
    """dbt-autofix: nothing to change. It looks at a copy, and could not harm the tree."""
    told = run(
        *(sys.executable, CI / "autofix.py", "deprecations", "--path", copy_tree()),
        *("--dry-run", "--json", "--all"),
    )
    found = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    if "Error" in told or not found or found[-1].get("mode") != "complete":
        raise RuntimeError(f"dbt-autofix did not come to its end:\n{told}")
    return {"files to change": report(json.dumps(entry) for entry in found[:-1])}


def sqlfluff() -> Measures:
    """sqlfluff, as `make lint` calls it, with the environment of the project."""
    folders = [name for name in ("models", "tests", "analyses", "snapshots")]
    told = run(
        *(os.environ.get("PROJECT_PYTHON", ".venv/bin/python"), "-m", "sqlfluff", "lint"),
        *("--disable-progress-bar", "--format", "json", *folders),
        ok=(0, 1),
        BENEFITS_DB_DIR=str(SCRATCH / "lint"),
    )
    files = json.loads(told[told.index("[{") : told.rindex("]") + 1])
    return {
        "violations": report(
            f"{file['filepath']}: {violation['code']} {violation['description']}"
            for file in files
            for violation in file["violations"]
        )
    }


def metrics() -> Measures:
    """MetricFlow: the semantic layer is valid, and its values are those of plain SQL."""
    import metrics as metricflow

    folder, told = Path.cwd(), io.StringIO()
    queries = metricflow.by_hand(DATABASE)
    metricflow.prepare(SCRATCH / "metrics", DATABASE)
    try:
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            configuration = metricflow.open_metricflow()
            failed = metricflow.mf(configuration, "validate-configs", "--show-all")
            differences = metricflow.differences(configuration, queries)
    finally:
        os.chdir(folder)
    exceptions = Exceptions("dbt-metricflow")
    issues = [
        line
        for line in told.getvalue().splitlines()
        if line.startswith("• ") and not exceptions.lets_pass(line)
    ]
    return {
        "queries": len(queries),
        "validation issues": report(issues) + failed,
        "values other than by hand": report(differences),
        "idle exceptions": exceptions.idle(),
    }


def evaluator() -> Measures:
    """dbt-project-evaluator, a dbt package that dbt gets from its hub.

    Raises:
        Unavailable: the hub can't be reached.
    """
    folder = SCRATCH / "evaluator"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(CI / "evaluator", folder)
    # Its own project, with ours as a package: hooks and materializations of ours stay out of it.
    ours = copy_tree().rename(folder / "benefits_warehouse")
    project = ours / "dbt_project.yml"
    project.write_text(re.sub(r"^on-run-.*\n", "", project.read_text(), flags=re.M))
    packages = os.environ.get("EVALUATOR_PACKAGES")  # a folder that holds them, on sealed sites
    words = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
    if packages:
        shutil.copytree(packages, folder / "dbt_packages")
        (folder / "dbt_packages" / "benefits_warehouse").symlink_to(ours)
    else:
        try:
            run(BIN / "dbt", "--no-use-colors", "deps", *words, EVALUATOR_DATABASE="")
        except RuntimeError as error:
            if UNREACHABLE in str(error):
                raise Unavailable("the dbt hub can't be reached") from None
            raise
    database = folder / "evaluator.duckdb"
    selected = ["--select", "package:dbt_project_evaluator"]
    run(BIN / "dbt", "build", *words, *selected, EVALUATOR_DATABASE=str(database))
    nodes = json.loads((folder / "target" / "manifest.json").read_text())["nodes"]
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    tests = [result for result in results if result["unique_id"].startswith("test.")]
    found, exceptions = [], Exceptions("dbt-project-evaluator")
    with duckdb.connect(str(database), read_only=True) as connection:
        for test in tests:
            rule = nodes[nodes[test["unique_id"]]["depends_on"]["nodes"][-1]]
            rows = connection.execute(f"from {rule['relation_name']}") if test["failures"] else None
            names = [column[0] for column in rows.description] if rows else []
            for row in rows.fetchall() if rows else []:
                cells = [f"{name}={value}" for name, value in zip(names, row, strict=True)]
                if not [cell for cell in cells if exceptions.lets_pass(rule["name"], cell)]:
                    found.append(f"{rule['name']}: {', '.join(cells)}")
    return {
        "rules": len(tests),
        "findings": report(found),
        "idle exceptions": exceptions.idle(),
    }


GRADERS: dict[str, Callable[[], Measures]] = {
    "dbt-bouncer": bouncer,
    "dbt-score": score,
    "dbt-coverage": coverage,
    "dbt-autofix": autofix,
    "sqlfluff": sqlfluff,
    "dbt-metricflow": metrics,
    "dbt-project-evaluator": evaluator,
}


def is_worse(value: float, expectation: Mapping[str, str]) -> bool:
    """Whether a value is on the wrong side of what is expected (at_least or at_most)."""
    if expectation["at_least"]:
        return value < float(expectation["at_least"])
    return value > float(expectation["at_most"])


def compare(grader: str, measures: Measures) -> list[list[Any]]:
    """Lines of the table; a measure that nobody expects counts as worse."""
    expected = {
        row["measure"]: row for row in read_csv(CI / "grade.csv") if row["grader"] == grader
    }
    lines = []
    for measure, value in measures.items():
        row = expected.get(measure)
        worse = row is None or is_worse(value, row)
        bound = f"≥ {row['at_least']}" if row and row["at_least"] else ""
        bound = bound or (f"≤ {row['at_most']}" if row else "none")
        lines.append([grader, measure, f"{value:g}", bound, "WORSE" if worse else "ok"])
    return lines


def main(names: list[str]) -> int:
    """Ask graders by name, print the table; 1 where something is worse."""
    dbt("build", "--exclude-resource-type", "test", "unit_test")
    dbt("docs", "generate")
    lines, unavailable = [], []
    for name in names or list(GRADERS):
        print(f"{name} …", flush=True)
        try:
            lines += compare(name, GRADERS[name]())
        except Unavailable as reason:
            unavailable.append(f"{name} was not asked: {reason}.")
    head = ["grader", "measure", "is", "expected", ""]
    widths = [max(len(line[place]) for line in [head, *lines]) for place in range(len(head))]
    for line in [head, *lines]:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)))
    counts = {name: len(Exceptions(name).rows) for name in names or GRADERS}
    told = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
    print(f"Exceptions, each with its reason in .ci/exceptions.csv: {told or 'none'}.")
    print(*unavailable, sep="\n", end="")
    return int(any(line[-1] == "WORSE" for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
