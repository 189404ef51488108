"""`make grade` fails where a grader finds more than is expected, or an exception does nothing."""

from __future__ import annotations

import csv
import importlib.util
import tomllib
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from conftest import PROJECT

CI = PROJECT / ".ci"


def load(name: str) -> ModuleType:
    """A script of the folder .ci as a module."""
    spec = importlib.util.spec_from_file_location(f"ci_{name}", CI / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def grade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = load("grade")
    (tmp_path / "grade.csv").write_text(
        "grader,measure,at_least,at_most\njury,findings,,0\njury,score,10,\n"
    )
    (tmp_path / "exceptions.csv").write_text(
        "grader,rule,subject,reason\njury,rule_of_*,,of no use\njury,other,dim_*,named so\n"
    )
    monkeypatch.setattr(module, "CI", tmp_path)
    monkeypatch.setattr(module, "dbt", lambda *words: "")
    return module


@pytest.mark.parametrize(
    ("measures", "code"),
    [
        ({"findings": 0, "score": 10}, 0),
        ({"findings": 1, "score": 10}, 1),
        ({"findings": 0, "score": 9.99}, 1),
        ({"findings": 0, "news": 0}, 1),  # nobody said what is good
    ],
)
def test_worse_than_expected_fails(
    grade: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    measures: dict[str, float],
    code: int,
) -> None:
    monkeypatch.setattr(grade, "GRADERS", {"jury": lambda: measures})
    assert grade.main([]) == code
    told = capsys.readouterr().out
    assert ("WORSE" in told) == bool(code) and "jury 2" in told


def test_a_grader_that_cannot_run_is_told(
    grade: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away() -> dict[str, float]:
        raise grade.Unavailable("the hub is away")

    monkeypatch.setattr(grade, "GRADERS", {"jury": away})
    assert grade.main([]) == 0
    assert "jury was not asked: the hub is away." in capsys.readouterr().out


def test_exceptions_are_patterns_and_idle_ones_count(grade: ModuleType) -> None:
    exceptions = grade.Exceptions("jury")
    assert exceptions.lets_pass("other", "dim_persons")
    assert not exceptions.lets_pass("other", "fct_claims")
    assert not exceptions.lets_pass("rule_of_three", "dim_persons")
    assert exceptions.idle() == 1
    assert exceptions.lets_pass("rule_of_three")
    assert exceptions.idle() == 0


def test_exceptions_and_expectations_name_graders() -> None:
    graders = set(load("grade").GRADERS)
    for name in ("exceptions.csv", "grade.csv"):
        with (CI / name).open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows and {row["grader"] for row in rows} <= graders
        assert all(None not in row and None not in row.values() for row in rows), name
        if name == "exceptions.csv":
            assert all(len(row["reason"]) > 10 for row in rows)


def test_graders_run_on_the_project_s_versions() -> None:
    """The lock of the graders has hashes, and dbt and DuckDB of pyproject.toml."""
    pins = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    lock = (CI / "locks" / "grade.lock").read_text()
    wanted = (CI / "locks" / "grade.in").read_text().splitlines()
    for pin in (pin for pin in pins if "==" in pin):
        assert pin in wanted and f"\n{pin} " in lock
    entries = lock.split("\n", 2)[2].count("==")
    assert entries > 60 and lock.count("--hash=sha256:") > entries


def test_values_by_hand_are_compared_exactly() -> None:
    metrics = load("metrics")
    rows = [("Acme", Decimal("0.1")), ("Birch", None)]
    read = [tuple(map(metrics.comparable, row)) for row in [("Birch", ""), ("Acme", "0.10")]]
    assert metrics.equal(read, rows)
    assert not metrics.equal(read, rows[:1])
    assert not metrics.equal(read, [("Acme", Decimal("0.11")), ("Birch", None)])
    assert not metrics.equal(read, [("Acme", Decimal("0.1")), ("Birch", Decimal(0))])
    assert metrics.comparable("2024-01-01 00:00:00") == "2024-01-01"


def test_ci_grades() -> None:
    assert "\nmake grade " in (CI / "run").read_text()
