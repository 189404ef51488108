"""Target spark: the rows of files, from the same landed files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from conftest import PROJECT, Warehouse
from lake.test_lake import deliver, deliver_dirty
from reference import generate_dirty
from sparks import Sparks, need_spark

PEPPER = "a pepper that no SQL text and no log may hold"


def small(warehouse: Warehouse) -> None:
    """Some dirty files of each feed, a few hundred rows."""
    dirty = generate_dirty.generate(60, generate_dirty.DEFAULT_SEED, dt.date(2025, 7, 2))
    aliases = PROJECT / "seeds/reference/column_aliases.csv"
    generate_dirty.write_landing_zone(dirty.deliveries, warehouse.zone, aliases)


def built(folder: Path, *days: object) -> Sparks:
    """A warehouse of both engines, after some deliveries."""
    need_spark()
    warehouse = Warehouse(folder)
    warehouse.database.mkdir(parents=True)
    (warehouse.database / "restricted.pepper").write_text(PEPPER)
    for deliver_day in days:
        deliver_day(warehouse)  # type: ignore[operator]
    warehouse.build()
    sparks = Sparks(warehouse)
    sparks.hand_over()
    assert sparks.dbt("build") == 0, sparks.output[-6000:]
    return sparks


def test_spark_holds_the_rows_of_files(tmp_path: Path) -> None:
    """A few hundred dirty rows; and no text of Spark's, nor its event log, has the pepper."""
    sparks = built(tmp_path, small)
    assert list(sparks.differences()) == []
    assert "It lands nothing" in sparks.output
    places = [tmp_path / "spark", tmp_path / "spark-logs", sparks.events]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert any(path.is_relative_to(sparks.events) for path in files)
    texts = {path: path.read_bytes() for path in files}
    assert any(b"sha2(" in text for text in texts.values())
    assert [path for path, text in texts.items() if PEPPER.encode() in text] == []
    assert PEPPER not in sparks.output
    handed_over = tmp_path / "warehouse" / "restricted" / "spark" / "handed_over"
    assert {path.stat().st_mode & 0o777 for path in handed_over.glob("*")} == {0o600}


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["sample", "dirty"])
def test_spark_holds_the_rows_of_more_files(kind: str, tmp_path: Path) -> None:
    days = [deliver, deliver_dirty] if kind == "dirty" else [deliver]
    sparks = built(tmp_path, *days)
    assert list(sparks.differences()) == []
    assert sparks.dbt("test") == 0, sparks.output[-6000:]


def test_a_run_without_what_is_handed_over_says_so(tmp_path: Path) -> None:
    need_spark()
    sparks = Sparks(Warehouse(tmp_path))
    (tmp_path / "warehouse").mkdir()
    assert sparks.dbt("build") != 0
    assert "make spark" in sparks.output
