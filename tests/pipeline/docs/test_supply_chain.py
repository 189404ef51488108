"""What the project is built from is pinned and audited, and dbt tells nobody."""

from __future__ import annotations

import csv
import datetime as dt
import http.server
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from conftest import PROJECT, Warehouse

AUDIT = PROJECT / ".ci" / "audit.py"
LOCK = (PROJECT / "requirements.lock").read_text()
ENGINE_LOCK = PROJECT / ".ci" / "locks" / "duckdb2.lock"
GRADE_LOCK = (PROJECT / ".ci" / "locks" / "grade.lock").read_text()


def locked_entries(lock: str) -> list[str]:
    """The entries of a lock file, each checked to be one version with hashes."""
    entries = re.split(r"\n(?=\S)", lock.split("\n", 2)[2].strip())
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+(\[.+\])?==[^ ]+ (; .*)?\\\n", entry), entry[:80]
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})\b", entry)
        assert hashes and len(hashes) == entry.count("--hash="), entry[:80]
    return entries


def test_tools_of_their_own_environments_are_locked_with_hashes() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    locks = sorted((PROJECT / ".ci" / "locks").glob("*.lock"))
    assert [lock.stem for lock in locks] == ["dagster", "duckdb2", "grade", "lineage", "spark"]
    locks.remove(ENGINE_LOCK)  # no tool
    recipe = makefile.split("\n.venv-%/.installed: .ci/locks/%.lock\n")[1].split("\n\n")[0]
    assert "--require-hashes -r $<" in recipe
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    for lock in locks:
        entries = locked_entries(lock.read_text())
        names = {re.split(r"==|\[", entry)[0] for entry in entries}
        if lock.stem == "dagster":  # an extra of pyproject.toml
            extra = extras["optional-dependencies"]["orchestrate"]
            wanted = "\n".join([*extras["dependencies"], *extra])
        else:
            wanted = lock.with_suffix(".in").read_text()
        assert names >= set(re.findall(r"^[\w-]+", wanted, re.M))
        assert f".venv-{lock.stem}/.installed ## " in makefile


def test_dagster_runs_on_the_project_s_versions() -> None:
    """So that a build under Dagster is the build of `make build`."""
    pinned = re.compile(r"^([\w.-]+)(?:\[.+\])?==(\S+)", re.M)
    ours = dict(pinned.findall(LOCK))
    dagster = dict(pinned.findall((PROJECT / ".ci" / "locks" / "dagster.lock").read_text()))
    shared = ours.keys() & dagster.keys()
    assert {"dbt-core", "dbt-duckdb", "duckdb", "python-calamine"} <= shared
    assert {name: dagster[name] for name in shared} == {name: ours[name] for name in shared}


def test_the_other_engine_is_all_that_its_lock_changes() -> None:
    ours, other = (set(locked_entries(lock)) for lock in (LOCK, ENGINE_LOCK.read_text()))
    names = [
        {entry.split("==")[0] for entry in entries} for entries in (ours - other, other - ours)
    ]
    extensions = {f"duckdb-extension-{name}" for name in ("httpfs", "ducklake", "postgres-scanner")}
    assert names == [{"duckdb", *extensions}, {"duckdb"}]
    [wanted] = re.findall(r"^duckdb==.+$", ENGINE_LOCK.with_suffix(".in").read_text(), re.M)
    assert f"\n{wanted} " in ENGINE_LOCK.read_text()


def test_every_python_package_is_locked_with_hashes() -> None:
    entries = locked_entries(LOCK)
    names = {re.split(r"==|\[", entry)[0] for entry in entries}
    project = (PROJECT / "pyproject.toml").read_text()
    pinned = re.findall(r'"([\w-]+)==([\d.]+)"', project)
    assert len(pinned) == 6
    for name, version in pinned:
        assert f"\n{name}=={version} " in LOCK
    for name in re.findall(r'^\s+"([\w-]+)[\[>=]', project, re.M):
        assert name in names
    makefile = (PROJECT / "Makefile").read_text()
    assert "\nLOCK := requirements.lock\n" in makefile
    assert "--require-hashes -r $(LOCK)" in makefile


def test_dbt_packages_are_locked() -> None:
    wanted = yaml.safe_load((PROJECT / "packages.yml").read_text())["packages"]
    locked = yaml.safe_load((PROJECT / "package-lock.yml").read_text())
    assert re.fullmatch("[0-9a-f]{40}", locked["sha1_hash"])
    versions = {entry["package"]: entry["version"] for entry in locked["packages"]}
    assert {entry["package"] for entry in wanted} <= set(versions)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())


def test_a_package_that_was_changed_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set-up asks after `dbt deps`, and removes what it does not know."""
    assert (
        "packages.py dbt_packages || { rm -rf dbt_packages; exit 1; }"
        in (PROJECT / "Makefile").read_text()
    )
    checker = runpy.run_path(str(PROJECT / ".ci" / "packages.py"))
    known = tmp_path / "packages.csv"
    folder = tmp_path / "dbt_packages"
    shutil.copytree(PROJECT / "packages" / "offline", folder)
    lines = [f"{path.name},1,{checker['digest'](path)},x" for path in folder.iterdir()]
    known.write_text("package,version,sha256,note\n" + "\n".join(lines))
    monkeypatch.setitem(checker["main"].__globals__, "KNOWN", known)
    monkeypatch.setattr(sys, "argv", ["packages.py", str(folder)])
    assert checker["main"]() == 0
    changed = next(folder.glob("dbt_utils/macros/**/*.sql"))
    changed.write_text(changed.read_text() + "-- more")
    (folder / "stranger").mkdir()
    assert checker["main"]() == 1
    told = capsys.readouterr().err
    assert "dbt_utils is not the package" in told and "stranger is not known" in told
    assert "dbt_expectations" not in told


@pytest.mark.parametrize("place", ["models/more.sql", "seeds/more.csv", "tests/more.sql"])
def test_a_package_with_more_than_macros_is_another_one(place: str, tmp_path: Path) -> None:
    """dbt runs models, seeds and tests of a package, too."""
    digest = runpy.run_path(str(PROJECT / ".ci" / "packages.py"))["digest"]
    package = tmp_path / "package"
    shutil.copytree(PROJECT / "packages" / "offline" / "dbt_utils", package)
    before = digest(package)
    (package / "README.md").write_text("not read by dbt")
    assert digest(package) == before
    (package / place).parent.mkdir(exist_ok=True)
    (package / place).write_text("select 1 as a")
    assert digest(package) != before


def test_actions_are_pinned_by_commit() -> None:
    """A tag can be moved; the version stands beside it for people."""
    flows = [path.read_text() for path in (PROJECT / ".github" / "workflows").glob("*.yml")]
    lines = [line.strip() for text in flows for line in text.splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        pinned, version = line.partition("uses: ")[2].split("  # ")
        assert len(pinned.split("@")[1]) == 40 and int(pinned.split("@")[1], 16), line
        assert json.loads(f'["{version}"]')[0].startswith("v")


def test_each_locked_package_has_a_digest() -> None:
    locked = yaml.safe_load((PROJECT / "package-lock.yml").read_text())["packages"]
    with (PROJECT / ".ci" / "packages.csv").open(newline="") as file:
        known = {(line["package"], line["version"]) for line in csv.DictReader(file)}
    assert known == {(entry["name"], entry["version"]) for entry in locked}


def test_accepted_findings_have_a_reason_and_a_last_day() -> None:
    with (AUDIT.parent / "known_vulnerabilities.csv").open(newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == ["id", "package", "accepted_on", "until", "reason"]
        for row in reader:
            days = [dt.date.fromisoformat(row[name]) for name in ("accepted_on", "until")]
            assert dt.timedelta(0) < days[1] - days[0] <= dt.timedelta(days=200), row
            assert len(row["reason"]) > 20, row
            assert f"\n{row['package']}==" in LOCK + GRADE_LOCK, row


@pytest.fixture
def index() -> Iterator[tuple[str, dict[str, object]]]:
    """Address of an index, and what it says of a package; of one that is None it says nothing."""
    answers: dict[str, object] = {}

    class Index(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.split("/")[1]
            found = answers.get(name, [])
            self.send_response(200 if found is not None else 503)
            self.end_headers()
            self.wfile.write(json.dumps({"info": {}, "vulnerabilities": found}).encode())

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", answers
        server.shutdown()


def test_audit_tells_new_findings_from_old_ones(
    index: tuple[str, dict[str, object]], tmp_path: Path
) -> None:
    address, answers = index
    folder = tmp_path / ".ci"
    folder.mkdir()
    (folder / "audit.py").write_text(AUDIT.read_text())
    (tmp_path / "requirements.lock").write_text("agate==1.9.1 \\\n" + LOCK.split("\n", 2)[2])
    today = dt.datetime.now(dt.UTC).date()

    def audit(*accepted: str, index: str = address) -> tuple[int, str]:
        rows = "\n".join(["id,package,accepted_on,until,reason", *accepted])
        (folder / "known_vulnerabilities.csv").write_text(rows)
        done = subprocess.run(
            [sys.executable, str(folder / "audit.py")],
            env={**os.environ, "AUDIT_INDEX": index, "no_proxy": "127.0.0.1"},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    code, told = audit()
    assert code == 0 and "0 new findings" in told
    finding = {"id": "PYSEC-1", "summary": "bad parser", "withdrawn": None}
    answers["jinja2"] = [finding, {"id": "PYSEC-2", "withdrawn": "2024-01-01T00:00:00Z"}]
    code, told = audit()
    assert code == 1 and "NEW       jinja2 PYSEC-1 bad parser" in told and "PYSEC-2" not in told
    known = "PYSEC-1,jinja2,2024-01-01,{},only our own templates are rendered"
    code, told = audit(known.format(today))
    assert code == 0 and "accepted  jinja2 PYSEC-1" in told
    code, told = audit(known.format(today - dt.timedelta(days=1)))
    assert code == 1 and "NEW       jinja2 PYSEC-1" in told
    code, told = audit(known.format(today), known.format(today).replace("PYSEC-1", "PYSEC-9"))
    assert code == 0 and "no longer PYSEC-9" in told
    (folder / "locks").mkdir()
    (folder / "locks" / "tools.lock").write_text("jinja2==3.1.6 \\\ntool-of-graders==1.0 \\\n")
    answers["tool-of-graders"] = [{"id": "PYSEC-3", "summary": "of another lock"}]
    code, told = audit(known.format(today))
    assert code == 1 and "NEW       tool-of-graders PYSEC-3" in told and told.count("jinja2") == 1
    answers["tool-of-graders"] = []
    answers["jinja2"] = None
    code, told = audit()
    assert code == 1 and "no answer jinja2" in told
    code, told = audit(index="http://127.0.0.1:9")
    assert code == 0 and told.startswith("NOT AUDITED: ")


def test_ci_audits() -> None:
    assert "\nmake audit\n" in (PROJECT / ".ci" / "run").read_text()


def test_no_usage_statistics_are_sent(seed_warehouse: Warehouse) -> None:
    """dbt's tracker is off in the run, and so makes no file of a user's id."""
    from dbt import tracking

    flags = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["flags"]
    assert flags["send_anonymous_usage_stats"] is False
    assert seed_warehouse.dbt("ls", "--select", "dim_companies").success
    assert tracking.active_user is None or tracking.active_user.do_not_track
    assert not (PROJECT / ".user.yml").exists()
