"""Guarantee 5: threads, row order, time zone, locale and the clock change nothing.

The build that shows it has no network either: none is needed.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from conftest import Warehouse, copy_project
from mart_hashes import mart_hashes

# Far from UTC, a comma for the point and other casing rules where the locale is installed.
ELSEWHERE = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "tr_TR.UTF-8",
    "LANG": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "4711",
}
# The landing day is all that the marts ask the clock for. Python loads a module of this name first.
LATER = """
from benefits_warehouse.landing import loader
from datetime import datetime, timedelta

class Later(datetime):
    @classmethod
    def now(cls, zone=None):
        return super().now(zone) + timedelta(days=731)

loader.datetime = Later
"""

# Where a network namespace is not permitted, every socket that is no pipe of this machine fails.
NO_SOCKETS = """
import socket
def refuse(*arguments, **more):
    raise OSError("the network is unplugged")
class Unplugged(socket.socket):
    connect = connect_ex = sendto = refuse
socket.socket, socket.create_connection, socket.getaddrinfo = Unplugged, refuse, refuse
"""
REACHES_OUT = "import socket; socket.create_connection(('1.1.1.1', 53), 2)"


def shuffle_seeds(project: Path) -> None:
    """Put the rows of each delivered seed in another order."""
    for path in sorted(project.glob("seeds/*_a*/*.csv")):
        with path.open(newline="") as file:
            header, *rows = csv.reader(file)
        Random(path.stem).shuffle(rows)
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([header, *rows])


def unplugged(folder: Path) -> list[str]:
    """Words to begin a command with, so that it has no network where Python finds the folder."""
    words = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*words, "true"], capture_output=True).returncode:
        words = []
        (folder / "sitecustomize.py").write_text(NO_SOCKETS)
    tried = subprocess.run(
        [*words, sys.executable, "-c", REACHES_OUT],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
    )
    assert tried.returncode, "the network is not unplugged: nothing would be tested"
    return words


@pytest.fixture(scope="module")
def elsewhere(seed_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One build elsewhere: later, unplugged, in another order, zone and locale, by threads."""
    folder = tmp_path_factory.mktemp("elsewhere")
    project = copy_project(folder / "project")
    shuffle_seeds(project)
    (folder / "python").mkdir()
    words = unplugged(folder / "python")
    with (folder / "python/sitecustomize.py").open("a") as file:
        file.write(LATER)
    warehouse = Warehouse(folder, project)
    warehouse.database.mkdir()
    shutil.copy(seed_warehouse.database / "restricted.pepper", warehouse.database)
    words += [sys.executable, "-m", "dbt.cli.main", *warehouse.arguments("build", "--threads", "4")]
    run = subprocess.run(
        words,
        cwd=folder,
        env={
            **os.environ,
            **warehouse.environment(),
            **ELSEWHERE,
            "PYTHONPATH": os.pathsep.join([str(folder / "python"), str(project / "python")]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    return warehouse


def test_build_works_with_the_network_unplugged(elsewhere: Warehouse) -> None:
    assert elsewhere.query("select status from ops.run_history") == [("success",)]
    assert (elsewhere.exports / "clean_data.parquet").exists()


def test_surroundings_change_nothing(seed_warehouse: Warehouse, elsewhere: Warehouse) -> None:
    query = "select min(last_loaded_at) > get_current_timestamp()::timestamp from ops.watermarks"
    assert elsewhere.query(query) == [(True,)], "the clock was not changed"
    here, there = (
        mart_hashes(found.database / "analytics.duckdb", without={"row_id"})
        for found in (seed_warehouse, elsewhere)
    )
    assert here == there
