"""The notebook of the first questions, run headless: its numbers are those of the tables."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from conftest import PROJECT, Warehouse

NOTEBOOK = PROJECT / "analyses" / "first_questions.py"


def run_notebook(folder: Path) -> dict[str, Any]:
    """What the notebook's cells define on a warehouse; a cell that fails raises."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BENEFITS_DB_DIR", str(folder))
        spec = importlib.util.spec_from_file_location("first_questions", NOTEBOOK)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return dict(module.app.run()[1])


def drawn(chart: Any) -> set[int]:
    """How many rows each data set of a chart has; altair says whether it is valid Vega-Lite."""
    return {len(rows) for rows in chart.to_dict()["datasets"].values()}


@pytest.fixture(scope="module")
def shown(seed_warehouse: Warehouse) -> Iterator[dict[str, Any]]:
    shown = run_notebook(seed_warehouse.database)
    yield shown
    shown["warehouse"].close()  # a file is opened in one way at a time, also by the next tests


def test_numbers_are_those_of_the_tables(shown: dict[str, Any]) -> None:
    query = shown["warehouse"].execute

    def total(rows: list[dict[str, Any]], *names: str) -> tuple[Any, ...]:
        return (len(rows), *(sum(row[name] for row in rows) for name in names))

    expected = {
        "gaps": (
            "select count(*), sum(gap_length_days), sum(claims_in_gap), sum(claim_cost_in_gap) "
            "from marts.plan_gaps",
            ["gap_length_days", "claims_in_gap", "claim_cost_in_gap"],
        ),
        "spikes": (
            "select count(*), sum(current_90d_cost), sum(frequency_effect + severity_effect) "
            "from marts.claims_cost_spikes",
            ["current_90d_cost", "growth"],
        ),
        "costs": (
            "select count(*), sum(current_90d_cost) from marts.claims_cost_windows "
            "where company_ein in (select company_ein from marts.claims_cost_spikes)",
            ["current_90d_cost"],
        ),
        "spending": (
            "select count(distinct (month, benefit_type)), sum(spend), sum(allowance), "
            "count(*) filter (where over_allowance) from marts.account_utilization",
            ["spend", "allowance", "accounts_over"],
        ),
        "programs": (
            "select count(distinct (benefit_type, program_name)), sum(account_count) "
            "from marts.dim_benefit_programs",
            ["accounts"],
        ),
        "quality": (
            "select count(distinct (source, feed, error_reason, run_id)), count(*) "
            "from quality.validation_errors",
            ["rows_failed_of_run"],
        ),
        "reconciliation": (
            "select count(*), sum(rows_landed), 0 from quality.reconciliation",
            ["rows_landed", "difference"],
        ),
    }
    for name, (sql, columns) in expected.items():
        assert [total(shown[name], *columns)] == query(sql).fetchall(), name
        assert shown[name], name
    observed = "select company_ein, observed from marts.roster_mismatch"
    assert {row["company_ein"]: row["observed"] for row in shown["roster"]}.items() >= dict(
        query(observed).fetchall()
    ).items()


def test_charts_draw_the_rows(shown: dict[str, Any]) -> None:
    assert drawn(shown["gaps_chart"]) == {len(shown["gaps"])}
    assert drawn(shown["spikes_chart"]) == {len(shown["spikes"]), len(shown["costs"])}
    assert drawn(shown["spending_chart"]) == {len(shown["spending"])}
    assert min(drawn(shown["roster_chart"]) | drawn(shown["quality_chart"])) > 0


def test_notebook_can_only_read(seed_warehouse: Warehouse, shown: dict[str, Any]) -> None:
    path = seed_warehouse.database / "analytics.duckdb"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    for statement in (
        "delete from marts.plan_gaps",
        f"attach '{seed_warehouse.database}/restricted.duckdb'",
        f"copy marts.plan_gaps to '{seed_warehouse.folder}/stolen.csv'",
    ):
        with pytest.raises(duckdb.Error):
            shown["warehouse"].execute(statement)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert not path.with_name("analytics.duckdb.wal").exists()


def test_script_runs_on_an_empty_warehouse(seed_warehouse: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "analytics.duckdb"
    shutil.copy(seed_warehouse.database / "analytics.duckdb", path)
    with duckdb.connect(str(path)) as connection:
        for (table,) in connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
        ).fetchall():
            connection.execute(f"delete from {table}")
    shown = run_notebook(tmp_path)
    shown["warehouse"].close()
    for name in ("gaps", "spikes", "costs", "roster", "programs", "spending", "quality"):
        assert shown[name] == [], name
    done = subprocess.run(
        [sys.executable, NOTEBOOK],
        env={**os.environ, "BENEFITS_DB_DIR": str(tmp_path / "none")},
        capture_output=True,
        text=True,
    )
    assert done.returncode and "`make build` makes it" in done.stderr


def test_exposure_names_what_the_notebook_reads() -> None:
    text = NOTEBOOK.read_text()
    read = set(re.findall(r"\b(?:marts|quality|ops)\.(\w+)", text.split("app = ", 1)[1]))
    for analysis in re.findall(r'answer\(warehouse, "(\w+)"\)', text):
        sql = (PROJECT / "analyses" / f"{analysis}.sql").read_text()
        read |= set(re.findall(r"ref\('(\w+)'\)", sql))
    exposures = yaml.safe_load((PROJECT / "models" / "_exposures.yml").read_text())["exposures"]
    (exposure,) = (row for row in exposures if row["name"] == "first_questions_notebook")
    assert {re.findall(r"\w+", ref)[1] for ref in exposure["depends_on"]} == read
