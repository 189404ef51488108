"""The documentation in headless Chromium: served, and as one file; and where columns come from."""

from __future__ import annotations

import base64
import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Sight, chromium, opened
from conftest import PROJECT, Warehouse
from playwright.sync_api import Browser

Node = dict[str, Any]
Column = tuple[str, str]

# dbt's own page asks for these two before its templates are filled in, wherever it is opened.
OF_DBT = re.compile(r"getIcon\(item|favicon|Failed to load resource|unique security origins")
MODEL = "model.benefits_warehouse."
# Pages beside the overview, each with its head; the overview links to all of them.
PAGES = {
    "reading": "READING",
    "meaning": "MEANING",
    "benefits_warehouse": "DESIGN",
    "playbook": "PLAYBOOK",
    "running": "RUNNING",
    "costs": "COSTS",
    "privacy": "PRIVACY",
}


@pytest.fixture(scope="module")
def target(seed_warehouse: Warehouse) -> Path:
    """The folder that `make docs` fills."""
    result = seed_warehouse.dbt("docs", "generate", "--static")
    assert result.success, seed_warehouse.output[-3000:]
    return seed_warehouse.folder / "target"


@pytest.fixture(scope="module")
def manifest(target: Path) -> Node:
    return json.loads((target / "manifest.json").read_text())


@pytest.fixture(scope="module")
def catalog(target: Path) -> Node:
    return json.loads((target / "catalog.json").read_text())["nodes"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def served(target: Path, seed_warehouse: Warehouse) -> Iterator[str]:
    """Address of a running `dbt docs serve`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = seed_warehouse.arguments("docs", "serve", "--no-browser", "--port", str(port))
    with (target.parent / "serve.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "dbt.cli.main", *serve],
            env={**os.environ, **seed_warehouse.environment()},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(address, timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None, (target.parent / "serve.log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def faults(sight: Sight) -> list[str]:
    """What went wrong, dbt's own two addresses left out."""
    return [error for error in sight.errors if not OF_DBT.search(error)]


def shows_overview(sight: Sight, manifest: Node) -> None:
    page = sight.page
    page.wait_for_selector("h1:has-text('Employee-benefits warehouse')", timeout=60_000)
    flow = page.locator("pre:has-text('intermediate')").first
    text = flow.inner_text()
    assert text.index("landing") < text.index("staging") < text.index("intermediate")
    # A picture made of characters is one only where no line of it wraps.
    drawn = flow.evaluate(
        """pre => {
            const range = document.createRange();
            range.selectNodeContents(pre);
            return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
        }"""
    )
    assert drawn == len(text.strip().splitlines()), "the flow wraps"
    heads = page.locator("h2").all_inner_texts()
    for finding in ("gap", "spike", "roster row", "utilization row"):
        assert f"How to read a {finding}" in heads
    grains = page.locator("table:has(th:has-text('One row per'))")
    described = " ".join(grains.locator("tbody tr td:first-child").all_inner_texts())
    for node in manifest["nodes"].values():
        published = node["resource_type"] == "model" and node["database"] == "analytics"
        if published and not node["name"].startswith("quarantine_"):
            assert node["name"] in described or node["name"] == "erasures", node["name"]
    for name in PAGES:
        assert page.locator(f"a[href='#!/overview/{name}']").count(), name
    examples = [
        [number for number in row.split() if number]
        for row in page.locator("table tbody tr").all_inner_texts()
    ]
    assert any({"2024-01-01", "2024-03-31", "91", "250.00"} <= set(row) for row in examples)
    assert any({"45", "34", "24.44", "Medium"} <= set(row) for row in examples)


def shows_columns(sight: Sight, name: str, catalog: Node) -> None:
    """The page of a model has every column that was built, each with its description."""
    page = sight.page
    page.wait_for_selector(f"h1:has-text('{name}')", timeout=60_000)
    page.wait_for_selector("table.table td span")
    shown = page.locator("tr:has(td.text-dark) td:first-child, .column-row td:first-child")
    names = {text.strip() for text in shown.all_inner_texts()}
    assert names >= set(catalog[MODEL + name]["columns"]), name


def shows_lineage(sight: Sight, name: str, manifest: Node) -> None:
    """The graph opens, and shows the model with its parents and children, and nothing else."""
    page = sight.page
    page.click("a[title='View Lineage Graph'], .launcher-btn a")
    page.wait_for_function(
        "document.querySelector('#cy canvas')?.width > 100"
        " && document.getElementById('cy')._cyreg.cy.nodes(':visible').length > 1"
    )
    graph = "document.getElementById('cy')._cyreg.cy"
    nodes = set(page.evaluate(f"{graph}.nodes(':visible').map(node => node.id())"))
    edges = page.evaluate(
        f"{graph}.edges(':visible').map(edge => [edge.source().id(), edge.target().id()])"
    )
    parents = set(manifest["parent_map"][MODEL + name])
    children = set(manifest["child_map"][MODEL + name])
    own = {node for node in nodes if node.startswith(("model.", "seed."))}
    assert own - {MODEL + name} <= parents | children
    assert parents <= nodes and {(parent, MODEL + name) for parent in parents} <= set(
        map(tuple, edges)
    )


def test_served_docs(browser: Browser, served: str, manifest: Node, catalog: Node) -> None:
    with opened(browser, f"{served}#!/overview") as sight:
        shows_overview(sight, manifest)
        for page, head in PAGES.items():
            sight.page.goto(f"{served}#!/overview/{page}")
            sight.page.wait_for_selector(f"h1:has-text('{head}')")
        for name in ("quarantine_claims", "quarantine_employees", "run_history", "plan_gaps"):
            sight.page.goto(f"{served}#!/model/{MODEL}{name}")
            shows_columns(sight, name, catalog)
        shows_lineage(sight, "plan_gaps", manifest)
        assert faults(sight) == []
        assert all(url.startswith((served, "data:")) for url in sight.requests)


def test_static_docs_open_from_disk(
    browser: Browser, target: Path, manifest: Node, catalog: Node, tmp_path: Path
) -> None:
    """One file, alone in its folder, without a server."""
    alone = tmp_path / "docs.html"
    shutil.copy(target / "static_index.html", alone)
    with opened(browser, f"{alone.as_uri()}#!/overview") as sight:
        shows_overview(sight, manifest)
        sight.page.goto(f"{alone.as_uri()}#!/model/{MODEL}plan_gaps")
        shows_columns(sight, "plan_gaps", catalog)
        shows_lineage(sight, "plan_gaps", manifest)
        assert faults(sight) == [] and sight.outward() == []


@pytest.fixture(scope="module")
def lineage(target: Path) -> Path:
    """The folder that `make lineage` fills; the tool has an environment of its own."""
    tool = PROJECT / ".venv-lineage" / "bin" / "colibri"
    if not tool.exists():
        message = "no .venv-lineage: `make lineage` makes it"
        if os.environ.get("REQUIRE_LINEAGE"):
            pytest.fail(message)
        pytest.skip(message)
    command = [str(tool.with_name("python")), str(PROJECT / ".ci" / "lineage.py"), str(target)]
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
    return target / "lineage"


@pytest.fixture(scope="module")
def parents(lineage: Path) -> dict[str, dict[str, set[Column]]]:
    """Model and column to the columns that its values are made from."""
    report = json.loads((lineage / "colibri-manifest.json").read_text())
    return {
        model.rpartition(".")[2]: {
            column: {(source["dbt_node"].rpartition(".")[2], source["column"]) for source in all_}
            for column, all_ in columns.items()
        }
        for model, columns in report["lineage"]["parents"].items()
    }


# Read off the SQL by hand: what a value is made from, one step up.
MADE_FROM = {
    ("plan_gaps", "gap_length_days"): {
        ("int_plans_gaps", "gap_start"),
        ("int_plans_gaps", "gap_end"),
        ("int_as_of_dates", "as_of_date"),
        ("fct_claims", "service_date"),  # never covered
    },
    ("plan_gaps", "gap_start"): {("int_plans_gaps", "gap_start"), ("fct_claims", "service_date")},
    ("plan_gaps", "gap_end"): {("int_plans_gaps", "gap_end")},
    ("plan_gaps", "previous_carrier"): {("int_plans_gaps", "previous_carrier")},
    ("plan_gaps", "claim_cost_in_gap"): {("fct_claims", "amount")},
    ("plan_gaps", "company_name"): {("dim_companies", "company_name")},
    ("claims_cost_spikes", "prev_90d_cost"): {("claims_cost_windows", "prev_90d_cost")},
    ("claims_cost_spikes", "last_flagged_on"): {("claims_cost_windows", "window_end")},
}


def test_columns_come_from_where_the_sql_takes_them(
    parents: dict[str, dict[str, set[Column]]],
) -> None:
    for (model, column), wanted in MADE_FROM.items():
        assert parents[model][column] == wanted, (model, column)


def test_gap_lengths_lead_back_to_delivered_dates(
    parents: dict[str, dict[str, set[Column]]],
) -> None:
    """All the way up: through islands, judging, staging, to the dates of the landed plans."""
    seen: set[Column] = set()
    ahead = {("plan_gaps", "gap_length_days")}
    while ahead:
        model, column = ahead.pop()
        found = parents.get(model, {}).get(column, set())
        ahead |= found - seen
        seen |= found
    landed = {column for column in seen if column[0].startswith("land_")}
    assert landed >= {
        ("land_benefits_admin__plans", "start_date"),
        ("land_benefits_admin__plans", "end_date"),
        ("land_benefits_admin__claims", "service_date"),
    }
    assert "dim_companies" not in {model for model, _ in seen}


def test_lineage_covers_the_models(
    parents: dict[str, dict[str, set[Column]]], lineage: Path, manifest: Node, catalog: Node
) -> None:
    """No model fails to be read; SQL that selects from models alone has columns that lead on."""
    assert not (lineage / "colibri-parsing-errors.json").exists()
    for node in manifest["nodes"].values():
        is_sql = node["resource_type"] == "model" and node["language"] == "sql"
        reads_files = "read_parquet(" in (node.get("compiled_code") or "")
        if is_sql and node["depends_on"]["nodes"] and not reads_files:
            assert any(parents.get(node["name"], {}).values()), node["name"]


def test_lineage_report_opens_from_disk(browser: Browser, lineage: Path) -> None:
    """Nobody is told of it: the tool's statistics and its look for newer versions are off."""
    with opened(browser, lineage / "index.html") as sight:
        page = sight.page
        page.fill("input[placeholder^='Filter models']", "plan_gaps")
        page.get_by_text("plan_gaps", exact=True).first.click()
        page.wait_for_selector(".react-flow__node >> text=gap_length_days")
        page.wait_for_timeout(1000)  # until the graph has come to rest
        page.locator(".react-flow__node button").nth(1).click()  # what is upstream
        for parent in ("int_plans_gaps", "fct_claims", "dim_companies"):
            page.wait_for_selector(f".react-flow__node >> text={parent}", state="attached")
        assert sight.errors == [] and sight.outward() == []


def test_docs_and_lineage_hold_no_value_of_a_person(target: Path, lineage: Path) -> None:
    """They are made of SQL, YAML and the catalog: no name, address or note of a row is in them."""
    values = set()
    for seed, columns in {
        "benefits_admin/employees_raw": ("full_name", "email", "notes"),
        "spend_accounts/employees": ("email",),
    }.items():
        with (PROJECT / "seeds" / f"{seed}.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                values |= {row[column].strip() for column in columns}
    values = {value for value in values if len(value) > 5}
    assert len(values) > 200
    for path in (
        target / "static_index.html",
        target / "catalog.json",
        lineage / "colibri-manifest.json",
        lineage / "index.html",
    ):
        text = path.read_text()
        if packed := re.search(r'JSON\.parse\(atob\("([^"]+)"', text):
            text = base64.b64decode(packed[1]).decode()
        assert "gap_length_days" in text
        assert [value for value in values if value in text] == [], path.name
