"""Only regular files inside the landing zone are read, and packed files only up to a size."""

from __future__ import annotations

import gzip
import os
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, Warehouse
from jinja2 import Environment

from benefits_warehouse.runtime.database_copy import copy_beside
from benefits_warehouse.runtime.dbt_plugin import take_lock
from benefits_warehouse.whole_files import (
    beside,
    fresh_part,
    refuse_links,
    write_text,
)

CLAIMS = "claim_id,company_ein,service_date,amount,claim_type\n"
FEED = "benefits_admin.claims"
FOLDER = FEED.replace(".", "/")


def rows(name: str, count: int = 1) -> str:
    """A file of claims."""
    lines = [f"{name}{n},12-3456789,2024-01-01,1.00,Medical" for n in range(count)]
    return CLAIMS + "\n".join(lines) + "\n"


@pytest.fixture
def hurry() -> Iterator[None]:
    """A test that hangs fails, and does not wait for the end of time."""
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it hangs"))
    signal.alarm(120)
    yield
    signal.alarm(0)


def bomb(path: Path, size: int) -> None:
    """A packed file of claims that unpacks to so many bytes."""
    text = rows("b").encode()
    blanks = b" " * (1 << 16) + b"\n"
    if path.suffix == ".gz":
        with gzip.open(path, "wb", 9) as file:
            file.write(text)
            for _ in range(size // len(blanks)):
                file.write(blanks)
        return
    name = "xl/worksheets/sheet1.xml" if path.suffix == ".xlsx" else "claims.csv"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open(name, "w") as file:
        file.write(text)
        for _ in range(size // len(blanks)):
            file.write(blanks)


def test_what_is_not_read(tmp_path: Path, hurry: None) -> None:
    """Links out, pipes, devices and files that unpack to too much: refused; neighbours load."""
    warehouse = Warehouse(tmp_path / "places")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text(rows("secret"))
    warehouse.deliver(FEED, "1.csv", rows("a"))
    folder = warehouse.zone / FOLDER
    os.mkfifo(folder / "2.csv")
    (folder / "3.csv").symlink_to(outside / "secret.csv")
    (folder / "4").symlink_to(outside)
    (folder / "5.csv").symlink_to("/dev/zero")
    (folder / "6").mkdir()
    (folder / "6" / "deep.csv").symlink_to(Path("../../../../../outside/secret.csv"))
    (folder / "7.csv").symlink_to("1.csv")  # within the zone: a repeat
    (folder / "sender=x").symlink_to(outside)
    for name in ("8.csv.gz", "9.csv.zip", "9.xlsx"):
        bomb(folder / name, 30_000_000)
    warehouse.zone.joinpath("benefits_admin", "plans").symlink_to(outside)
    warehouse.deliver(FEED, "z.csv", rows("z"))
    warehouse.build(
        *("--select", "+loaded_files", "--exclude-resource-type", "test", "unit_test"),
        vars={"max_unpacked_mb": 10},
    )
    working = warehouse.database / ".build" / "analytics.duckdb"
    with duckdb.connect(str(working), read_only=True) as connection:
        told = connection.execute(
            "select feed, file, status, coalesce(reason, '') from ops.loaded_files"
        ).fetchall()
    found = {(feed, file): (status, reason) for feed, file, status, reason in told}
    assert found.pop(("claims", "1.csv"))[0] == found.pop(("claims", "z.csv"))[0] == "loaded"
    assert found.pop(("claims", "7.csv"))[0] == "duplicate"
    assert {status for status, _ in found.values()} == {"refused"}
    pipe = found.pop(("claims", "2.csv"))[1]
    assert "no regular file" in pipe and "deliver the file itself" in pipe
    packed = [found.pop(key) for key in list(found) if key[1][0] in "89"]
    assert len(packed) == 3 and all("max_unpacked_mb = 10" in reason for _, reason in packed)
    assert len(found) == 6 and all("leads out" in reason for _, reason in found.values()), found
    assert "secret" not in str(warehouse.query_restricted("select * from landing.landing_ledger"))


PLACES = (".build", ".build/analytics.duckdb", ".build/run.lock", "restricted")
PLACES += ("restricted.duckdb", "restricted.pepper", "restricted/landing", "restricted/forgotten")


@pytest.mark.parametrize("place", PLACES)
def test_a_link_in_the_place_of_our_files_is_refused(place: str, tmp_path: Path) -> None:
    """Nothing is written to where it leads; the folder as a whole may be a link."""
    real, goal = tmp_path / "real", tmp_path / "goal"
    (real / Path(place).parent).mkdir(parents=True)
    goal.write_text("as it was")
    folder = tmp_path / "folder"
    folder.symlink_to(real)
    refuse_links(folder)
    (folder / place).symlink_to(goal)
    with pytest.raises(RuntimeError, match="is a link"):
        refuse_links(folder)
    (folder / ".build").mkdir(exist_ok=True) if place != ".build" else None
    with pytest.raises(RuntimeError, match="is a link"):
        take_lock(folder)
    assert goal.read_text() == "as it was"


def test_parts_of_files_are_never_links(tmp_path: Path) -> None:
    """A link that waits where a file is written before it is finished is removed, not followed."""
    goal, kept = tmp_path / "gaps.csv", tmp_path / "kept"
    kept.write_text("as it was")
    for mark in ("part", "new", os.getpid()):
        beside(goal, mark).symlink_to(kept)
    assert not Path(fresh_part(str(goal))).is_symlink()
    source = tmp_path / "source"
    source.write_text("published")
    assert not Path(copy_beside(str(source), str(goal))).is_symlink()
    write_text(goal, "text")
    assert kept.read_text() == "as it was" and goal.read_text() == "text"


CELLS = {
    "=1+1": "'=1+1",
    "+1+1": "'+1+1",
    "@sum": "'@sum",
    "-x": "'-x",
    "\tx": "'\tx",
    " =1": "' =1",
    "\u200b=1": "'\u200b=1",
    "\uff1d1+1": "'\uff1d1+1",
    "\uff0b1": "'\uff0b1",
    "\uff201": "'\uff201",
    "a;=1+1": "a;'=1+1",
    "a; -b;@c": "a;' -b;'@c",
    "a\n=1": "a\n'=1",
    "a;b": "a;b",
    "-12.50": "-12.50",
    "+3": "+3",
    "A=1": "A=1",
    "a - b": "a - b",
    "\u00c4rzte": "\u00c4rzte",
    'a;"=1+1"': 'a;\'"=1+1"',
    'a; ""@x': 'a;\' ""@x',
    "\x0b=1": "'\x0b=1",
    "\x00\x1f=1": "'\x00\x1f=1",
    '"-x"': '\'"-x"',
    'he said "yes"': 'he said "yes"',
    '"yes"': '"yes"',
    "a;-5": "a;'-5",
    "": "",
}


def test_cells_that_a_spreadsheet_would_run() -> None:
    """Formulas behind blanks, in wide signs, behind a semicolon or a quote."""
    source = (PROJECT / "macros/exports/spreadsheet_safe.sql").read_text()
    sql = Environment().from_string(source).module.spreadsheet_safe("cell", "VARCHAR")
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select cell, {sql} from (select unnest(?::varchar[]) as cell)", [list(CELLS)]
        ).fetchall()
    assert dict(found) == CELLS
