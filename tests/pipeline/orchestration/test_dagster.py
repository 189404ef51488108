"""The warehouse under Dagster: what it shows, what starts a build, and what a build leaves.

Dagster has an environment of its own, so `dagster_probe.py` asks it and answers as JSON.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser import chromium, opened
from conftest import PROJECT, Warehouse, copy_project

from benefits_warehouse.feeds import load_feeds

PYTHON = PROJECT / ".venv-dagster" / "bin" / "python"
PROBE = PROJECT / "tests" / "pipeline" / "support" / "dagster_probe.py"
pytestmark = pytest.mark.extended
LAYERS = ["landing", "staging", "enrichment", "intermediate", "quality", "marts", "ops"]
CLAIMS = "Claim ID,EIN,Date of Service,Claim Amount,Claim Type\nC-1,11-1111111,2025-06-01,5,Medical"


@dataclass
class Orchestra:
    """A warehouse under Dagster.

    Args:
        folder: of the warehouse, of what dbt makes and of the landing zone.
        project: the project that is built.
        has_zone: it reads the landing zone, else the seeds.
    """

    folder: Path
    project: Path = PROJECT
    has_zone: bool = False
    parsed: Orchestra | None = None  # whose parse of the project is the first one here

    @property
    def environment(self) -> dict[str, str]:
        (self.folder / "zone").mkdir(exist_ok=True)
        zone = {"BENEFITS_LANDING_ZONE": str(self.folder / "zone")} if self.has_zone else {}
        return {
            **os.environ,
            **zone,
            "BENEFITS_DB_DIR": str(self.folder / "warehouse"),
            "DAGSTER_HOME": str(self.folder / "warehouse" / "dagster"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "PYTHONPATH": str(self.project / "python"),
            "PYTHONWARNINGS": "ignore",
        }

    def python(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [str(PYTHON), *words],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout + done.stderr

    def prepare(self) -> None:
        self.python("-c", "from benefits_dagster.__main__ import prepare; prepare()")

    def ask(self, *words: str) -> Any:
        target = self.folder / "target" / "dagster"
        if self.parsed and not target.exists():
            shutil.copytree(self.parsed.folder / "target" / "dagster", target)
            (self.folder / "warehouse" / "dagster").mkdir(parents=True)
        if not self.parsed or self.project != PROJECT:
            self.prepare()
        told = self.python(str(PROBE), *words)
        return json.loads(next(line for line in told.splitlines() if line[:1] in "[{" and line))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        warehouse = Warehouse(self.folder)
        return warehouse.query(sql)


@pytest.fixture(scope="module", autouse=True)
def dagster() -> None:
    if not PYTHON.exists():
        message = "no .venv-dagster here: `make .venv-dagster/.installed` makes it"
        if os.environ.get("REQUIRE_DAGSTER"):
            pytest.fail(f"{message}, and REQUIRE_DAGSTER is set")
        pytest.skip(message)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Orchestra:
    first = Orchestra(tmp_path_factory.mktemp("dagster_seeds"))
    first.prepare()
    return Orchestra(first.folder, parsed=first)


@pytest.fixture(scope="module")
def shown(seeds: Orchestra) -> dict[str, Any]:
    return seeds.ask("definitions")


@pytest.fixture(scope="module")
def nodes(seeds: Orchestra) -> list[dict[str, Any]]:
    manifest = json.loads((seeds.folder / "target" / "dagster" / "manifest.json").read_text())
    return list(manifest["nodes"].values())


@pytest.fixture(scope="module")
def built(seeds: Orchestra, shown: dict[str, Any]) -> dict[str, Any]:
    return seeds.ask("build")


def test_definitions_load_and_validate(seeds: Orchestra, shown: dict[str, Any]) -> None:
    words = ["-m", "dagster", "definitions", "validate", "-m", "benefits_dagster.definitions"]
    assert "All code locations passed validation." in seeds.python(*words)
    assert shown["schedules"] == {"every_day": "0 6 * * *"}
    assert shown["sensors"] == ["deliveries"]


def test_each_model_is_an_asset_of_its_layer_with_owner_and_columns(
    shown: dict[str, Any], nodes: list[dict[str, Any]]
) -> None:
    made = [
        node
        for node in nodes
        if node["resource_type"] in ("model", "seed", "snapshot")
        and node["config"]["materialized"] != "ephemeral"
    ]
    keys = {f"{node['schema']}/{node['alias']}": node for node in made}
    assert set(shown["made"]) == set(keys) and len(keys) > 60
    for key, node in keys.items():
        asset = shown["assets"][key]
        is_model = node["resource_type"] == "model"
        layer = node["fqn"][1] if is_model else f"{node['resource_type']}s"
        assert asset["group"] == layer
        assert asset["owners"] in (["benefits-data@example.com"], ["team:Benefits Data"])
        is_published = is_model and node["database"] == "analytics"
        assert asset["tags"]["access"] == ("published" if is_published else "restricted")
        for name, column in node["columns"].items():
            _, text, labels = asset["columns"][name]
            assert (text or "") == column["description"]
            assert labels.get("pii") == column["config"]["meta"].get("pii")
    assert shown["assets"]["marts/plan_gaps"]["tags"]["subject"] == "coverage"


def test_each_data_test_is_a_check(shown: dict[str, Any], nodes: list[dict[str, Any]]) -> None:
    tests = sorted(node["name"] for node in nodes if node["resource_type"] == "test")
    assert shown["checks"] == tests and len(tests) > 10


def test_feeds_stand_before_the_ledger_and_are_overdue_by_their_rhythm(
    shown: dict[str, Any],
) -> None:
    for name, feed in load_feeds().items():
        key = f"feeds/{name.replace('.', '/')}"
        assert key not in shown["made"]
        assert shown["assets"][key]["fresh_for_hours"] == 24 * feed.rhythm_days
        assert key in shown["assets"]["landing/landing_ledger"]["deps"]
        landed = f"landing/land_{name.replace('.', '__')}"
        assert shown["assets"][landed]["deps"] == ["landing/landing_ledger"]
    marts = [asset for asset in shown["assets"].values() if asset["group"] == "marts"]
    assert {asset["fresh_for_hours"] for asset in marts} == {26}


def test_a_build_in_process_makes_every_asset(
    seeds: Orchestra, shown: dict[str, Any], built: dict[str, Any]
) -> None:
    assert built["status"] == "SUCCESS", built["failures"]
    feeds = {key for key in shown["assets"] if key.startswith("feeds/")}
    assert set(built["made"]) == {*shown["made"], *feeds} and len(feeds) == 6
    assert built["checks"] == dict.fromkeys(shown["checks"], True)
    [(run_id, rows_in)] = seeds.query("select run_id, rows_in from ops.run_history")
    assert built["made"]["ops/run_history"]["rows_in"] == rows_in > 0
    assert built["made"]["feeds/benefits_admin/claims"] | {"names": ""} == {
        "files": 1,
        "refused": 0,
        "rows": 356,
        "rejected_lines": 0,
        "names": "",
        "dbt_run_id": run_id,
    }


def test_published_assets_carry_their_counts(seeds: Orchestra, built: dict[str, Any]) -> None:
    counted = {key: made for key, made in built["made"].items() if "dagster/row_count" in made}
    assert len(counted) > 30
    for key in ("marts/plan_gaps", "quality/validation_errors", "ops/node_history"):
        rows = seeds.query(f"select count(*) from {key.replace('/', '.')}")
        assert rows == [(counted[key]["dagster/row_count"],)]
    columns = "rows_landed, rows_valid, rows_quarantined, difference"
    for source, feed, *counts in seeds.query(
        f"select source, feed, {columns} from quality.reconciliation"
    ):
        mart = counted[f"marts/{load_feeds()[f'{source}.{feed}'].mart}"]
        names = ("rows_landed", "rows_valid", "rows_withheld", "difference")
        assert [mart[name] for name in names] == counts
    [(withheld, difference)] = seeds.query(
        "select sum(rows_quarantined), sum(difference) from quality.reconciliation"
    )
    totals = counted["quality/reconciliation"]
    assert (totals["rows_withheld"], totals["difference"]) == (withheld, difference)
    assert withheld > 0 == difference


def test_nobody_else_reads_the_history(seeds: Orchestra, built: dict[str, Any]) -> None:
    assert built["made"]
    assert (seeds.folder / "warehouse" / "dagster").stat().st_mode & 0o077 == 0


def test_findings_are_counted_where_there_are_some(seeds: Orchestra, built: dict[str, Any]) -> None:
    """On a database that has only what is asked: the model is others' work."""
    database = seeds.folder / "findings.duckdb"
    told = seeds.python(
        "-c",
        f"""
import duckdb
from pathlib import Path
from benefits_dagster.results import Results
with duckdb.connect({str(database)!r}) as connection:
    connection.execute("create schema marts; create schema quality")
    connection.execute(
        "create table quality.reconciliation as select '' as source, '' as feed, "
        "0 as rows_landed, 0 as rows_valid, 0 as difference, 0 as rows_quarantined"
    )
    connection.execute(
        "create table marts.findings as from (values ('new', null), ('open', null), "
        "('resolved', now())) as rows (status, resolved_at)"
    )
print(dict(Results(Path({str(database)!r}), "x").metadata("marts", "findings")))
""",
    )
    assert "{'dagster/row_count': 3, 'findings_open': 2, 'findings_new': 1}" in told


def test_a_delivery_starts_a_build_once(seeds: Orchestra, tmp_path: Path) -> None:
    orchestra = Orchestra(tmp_path, has_zone=True, parsed=seeds)
    first, second = "benefits_admin/claims/1.csv", "benefits_admin/plans/1.csv"
    steps = [
        ["tick"],
        ["write", first, "half"],
        ["tick"],
        ["write", first, "the whole file"],
        ["tick"],  # it has changed since the last look
        ["tick"],
        ["tick"],
        ["restart"],
        ["tick"],
        ["write", "benefits_admin/claims/_part.csv", "on its way"],
        ["tick"],
        ["tick"],
        ["write", first, "another file of the name of a refused one"],
        ["write", second, "x"],
        ["tick"],
        ["tick"],
        ["tick"],
        ["remove", second],
        ["tick"],
        ["tick"],
    ]
    answers = orchestra.ask("ticks", json.dumps(steps))
    runs = [place for place, answer in enumerate(answers) if isinstance(answer, dict)]
    assert runs == [3, 9], answers
    assert answers[3] != answers[9]
    assert all("claims" not in json.dumps(answer) for answer in answers)  # names stay there


def test_what_landed_is_on_the_feeds(seeds: Orchestra, tmp_path: Path) -> None:
    orchestra = Orchestra(tmp_path, has_zone=True, parsed=seeds)
    for name, text in {"claims/1.csv": CLAIMS, "plans/1.csv": "no,header\n"}.items():
        path = tmp_path / "zone" / "benefits_admin" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    found = orchestra.ask("build")
    assert found["status"] == "SUCCESS", found["failures"]
    claims = found["made"]["feeds/benefits_admin/claims"]
    assert (claims["files"], claims["rows"], claims["names"]) == (1, 1, "1.csv")
    assert "feeds/benefits_admin/plans" not in found["made"]  # nothing came, so it gets no fresher
    assert found["seen"]["feeds/benefits_admin/plans"]["refused"] == 1
    assert not [key for key in found["made"] if key.startswith("feeds/spend_accounts")]


def test_a_failing_build_shows_as_failed_and_updates_nothing_published(
    seeds: Orchestra, tmp_path: Path
) -> None:
    project = copy_project(tmp_path / "project")
    (project / "tests" / "quality" / "assert_nothing.sql").write_text(
        "{{ config(severity='error') }} select company_ein from {{ ref('dim_companies') }}"
    )
    found = Orchestra(tmp_path, project, parsed=seeds).ask("build")
    assert found["status"] == "FAILURE" and len(found["failures"]) == 1
    assert found["checks"]["assert_nothing"] is False
    assert "assert_nothing" in found["failures"][0]
    assert {key.split("/")[0] for key in found["made"]} >= {"landing", "staging", "intermediate"}
    assert not [key for key in found["made"] if key.startswith(("marts/", "quality/", "ops/"))]
    assert not (tmp_path / "warehouse" / "analytics.duckdb").exists()


def test_a_second_run_fails_while_another_has_the_warehouse(
    seeds: Orchestra, built: dict[str, Any]
) -> None:
    with (seeds.folder / "warehouse" / ".build" / "run.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = seeds.ask("build")
    assert found["status"] == "FAILURE" and not found["made"]
    assert "Another dbt run is using the warehouse" in found["failures"][0]


@contextlib.contextmanager
def opened_dagster(orchestra: Orchestra) -> Iterator[str]:
    """The address of the page, while Dagster runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = orchestra.folder / "page.log"
    words = [str(PYTHON), "-m", "benefits_dagster", "--port", str(port)]
    with log.open("w") as file:
        process = subprocess.Popen(
            words, env=orchestra.environment, stdout=file, stderr=file, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 90
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/server_info"):
                break
            assert process.poll() is None and time.monotonic() < until, log.read_text()[-3000:]
            time.sleep(0.5)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def test_the_page_shows_the_graph_and_the_counts(seeds: Orchestra, built: dict[str, Any]) -> None:
    assert built["status"] == "SUCCESS"
    with opened_dagster(seeds) as address, chromium() as browser:
        with opened(browser, f"{address}/asset-groups", 1600, 1000) as sight:
            for layer in [*LAYERS, "feeds", "seeds", "snapshots"]:
                sight.page.get_by_text(layer, exact=True).first.wait_for(timeout=30_000)
            assert sight.page.locator("svg path").count() > len(LAYERS)
            assert not sight.page.get_by_text("security updates").count()
            own = (address, f"blob:{address}", "data:")
            assert [url for url in sight.requests if not url.startswith(own)] == []
            assert sight.errors == []
        with opened(browser, f"{address}/assets/marts/plan_gaps", 1600, 1000) as sight:
            rows = built["made"]["marts/plan_gaps"]["dagster/row_count"]
            sight.page.get_by_text("Row count", exact=True).first.wait_for(timeout=30_000)
            sight.page.get_by_text(str(rows), exact=True).first.wait_for(timeout=30_000)
