"""What the page RUNNING and the containers promise: examples run, versions agree, none is root."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import PROJECT

PAGE = (PROJECT / "models" / "_running.md").read_text()
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((PROJECT / "compose.yaml").read_text())
PYTHONS = ["3.11", "3.12", "3.13"]


def example(begin: str) -> str:
    """The indented block of the page that begins with a line."""
    lines = PAGE[PAGE.index(f"    {begin}") :].splitlines()
    end = next(n for n, line in enumerate(lines) if line and not line.startswith("    "))
    return "\n".join(line[4:] for line in lines[:end]).strip() + "\n"


@pytest.fixture
def cron(tmp_path: Path) -> Any:
    """A function that runs the script of cron with a dbt that prints, and ends with a code."""

    def run(dbt: str) -> tuple[int, str]:
        (tmp_path / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
        command = tmp_path / ".venv" / "bin" / "dbt"
        command.write_text(f"#!/bin/sh\n{dbt}\n")
        command.chmod(0o755)
        (tmp_path / "env").write_text(f"BENEFITS_DB_DIR={tmp_path}/warehouse\n")
        script = example("#!/bin/sh")
        for place, here in {
            "/etc/benefits.env": "env",
            "/opt/benefits": ".",
            "/var/log/benefits/build.log": "build.log",
        }.items():
            assert place in script
            script = script.replace(place, str(tmp_path / here))
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.mark.skipif(not shutil.which("flock"), reason="no flock on this machine")
def test_cron_logs_tells_failures_only_and_never_overlaps(cron: Any, tmp_path: Path) -> None:
    assert cron('echo "$BENEFITS_DB_DIR $*"') == (0, "")
    log = tmp_path / "build.log"
    assert log.read_text() == f"{tmp_path}/warehouse --no-use-colors build\n"
    _, told = cron("echo why; exit 2")
    assert "ended with 2" in told and told.endswith("why\n")
    before = log.read_text()
    with (tmp_path / "warehouse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert cron("echo overlapped") == (0, "")
    assert log.read_text() == before


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_units_of_systemd_are_sound(tmp_path: Path) -> None:
    units = re.findall(r"^    \[Unit\]\n(?:(?:    .*)?\n)+", PAGE, re.M)
    names = ["benefits.service", "benefits.timer", "benefits-failed.service"]
    assert len(units) == len(names)
    for name, unit in zip(names, units, strict=True):
        text = re.sub(r"^ {4}", "", unit, flags=re.M)
        (tmp_path / name).write_text(text.replace("/opt/benefits/.venv/bin/dbt", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in names)],
        capture_output=True,
        text=True,
    )
    about = [line for line in done.stderr.splitlines() if "benefits" in line]
    assert about == [], done.stderr


def test_windows_takes_five_lines() -> None:
    assert len(example("wsl --install").splitlines()) == 5


def test_the_newest_python_that_works_is_taken(tmp_path: Path) -> None:
    """A shim of pyenv that stands for nothing, and a Python without ensurepip, are passed over."""
    finder = PROJECT / ".ci" / "find-python"

    def find(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [str(finder), *arguments],
            env={"PATH": str(tmp_path), "HOME": str(tmp_path), "PYENV_ROOT": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout.strip()

    def install(path: Path, code: int) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\nexit {code}\n")
        path.chmod(0o755)
        return str(path)

    assert find() == (1, "")
    hidden = install(tmp_path / "versions" / "3.13.1" / "bin" / "python", 0)
    assert find() == (0, hidden)
    install(tmp_path / "python3.13", 127)
    oldest = install(tmp_path / "python3.11", 0)
    assert find() == (0, oldest)
    newer = install(tmp_path / "python3.12", 0)
    assert find() == (0, newer)
    assert find("3.11") == (0, oldest)
    assert find("3.13") == (0, hidden)


def test_make_says_which_pythons_it_takes(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "PYTHON=/bin/false", f"VENV={tmp_path}/venv", "setup"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env={**os.environ, "MAKEFLAGS": ""},
    )
    assert done.returncode == 2
    assert "Python 3.11, 3.12 or 3.13 is needed" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_the_pythons_agree() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    [flow] = (PROJECT / ".github" / "workflows").glob("*.yml")
    job = yaml.safe_load(flow.read_text())["jobs"]["ci"]
    assert job["strategy"]["matrix"]["python"] == PYTHONS
    assert job["steps"][-1]["run"] == ".ci/run"
    assert job["steps"][-1]["env"]["PYTHON"] == "python${{ matrix.python }}"
    assert f"for version in {' '.join(PYTHONS)}; do" in (PROJECT / ".ci" / "run").read_text()
    for line in (PROJECT / "requirements.lock").read_text().splitlines():
        assert "python_full_version < '3.1" not in line or "'3.15'" in line, line


def test_the_changelog_ends_at_this_version() -> None:
    version = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["version"]
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    changes = (PROJECT / ".github" / "CHANGELOG.md").read_text()
    heads = re.findall(r"^## (.+)$", changes, re.M)
    assert heads[0] == "Unreleased" and heads[1] == version == project["version"]


def stages() -> dict[str, str]:
    """The stages of the Dockerfile, by name, each with its lines."""
    parts = re.split(r"^FROM ", DOCKERFILE, flags=re.M)[1:]
    return {part.split("\n")[0].split(" AS ")[1]: part for part in parts}


def test_the_image_has_no_root_no_compiler_and_locked_packages() -> None:
    found = stages()
    assert "\nUSER 10001\n" in found["warehouse"]
    assert found["dagster"].startswith("warehouse AS") and "USER" not in found["dagster"]
    assert found["warehouse"].startswith("system AS")
    assert "make setup" in found["packages"]  # from the lock, with hashes
    for name in ("system", "warehouse", "dagster"):
        assert not re.search(r"\b(make|git|gcc|build-essential|pip install)\b", found[name]), name


def test_what_the_image_copies_is_there_and_in_its_context() -> None:
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    kept = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    assert not kept & {"warehouse", "outputs", ".git", "target"}
    copied = set()
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M):
        copied |= set(line.split()[:-1])
    assert copied and all((PROJECT / name).exists() for name in copied)
    assert {name.split("/")[0] for name in copied} == kept


def test_compose_has_the_services_closed_and_read_only() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"build", "docs", "dashboard", "notebook", "dagster"}
    for name, service in services.items():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert service["build"]["target"] in stages(), name
        secrets = [
            name for name, value in (service["environment"] or {}).items() if "SECRET" in name
        ]
        assert all(service["environment"][secret] is None for secret in secrets), name
    for name in ("dashboard", "notebook"):  # to this user restricted.duckdb is closed
        assert services[name]["user"] == "10002:10002"
        assert services[name]["volumes"] == ["warehouse:/warehouse:ro"]
    assert set(COMPOSE["volumes"]) == {"warehouse", "landing", "reference"}
