"""Guarantee 5: threads, row order, time zone, locale and the clock change nothing."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

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
from benefits_warehouse import landing
from datetime import datetime, timedelta

class Later(datetime):
    @classmethod
    def now(cls, zone=None):
        return super().now(zone) + timedelta(days=731)

landing.datetime = Later
"""


def shuffle_seeds(project: Path) -> None:
    """Put the rows of each delivered seed in another order."""
    for path in sorted(project.glob("seeds/*_a*/*.csv")):
        with path.open(newline="") as file:
            header, *rows = csv.reader(file)
        Random(path.stem).shuffle(rows)
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([header, *rows])


def test_surroundings_change_nothing(seed_warehouse: Warehouse, tmp_path: Path) -> None:
    """One build elsewhere: later, in another order, under another zone and locale, by threads."""
    project = copy_project(tmp_path / "project")
    shuffle_seeds(project)
    (tmp_path / "later").mkdir()
    (tmp_path / "later/sitecustomize.py").write_text(LATER)
    warehouse = Warehouse(tmp_path, project)
    warehouse.database.mkdir()
    shutil.copy(seed_warehouse.database / "restricted.pepper", warehouse.database)
    run = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", *warehouse.arguments("build", "--threads", "4")],
        env={
            **os.environ,
            **warehouse.environment(),
            **ELSEWHERE,
            "PYTHONPATH": os.pathsep.join([str(tmp_path / "later"), str(project / "python")]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    query = "select min(last_loaded_at) > get_current_timestamp()::timestamp from ops.watermarks"
    assert warehouse.query(query) == [(True,)], "the clock was not changed"
    here, there = (
        mart_hashes(found.database / "analytics.duckdb", without={"row_id"})
        for found in (seed_warehouse, warehouse)
    )
    assert here == there
