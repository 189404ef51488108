"""Target spark: the rows of files, from the same landed files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from conftest import PROJECT, Warehouse
from lake.test_lake import deliver, deliver_dirty
from landing.test_senders import EARLY, built, reference  # noqa: F401  fixtures
from reference import generate_dirty
from sparks import Sparks, need_spark

from benefits_warehouse.runtime.to_spark import hand_over

PEPPER = "a pepper that no SQL text and no log may hold"


def small(warehouse: Warehouse) -> None:
    """Some dirty files of each feed, a few hundred rows."""
    dirty = generate_dirty.generate(60, generate_dirty.DEFAULT_SEED, dt.date(2025, 7, 2))
    aliases = PROJECT / "seeds/reference/column_aliases.csv"
    generate_dirty.write_landing_zone(dirty.deliveries, warehouse.zone, aliases)


def on_both(warehouse: Warehouse, *arguments: str) -> Sparks:
    """The same warehouse on Spark.

    Args:
        warehouse: that of files; it is built already.
        arguments: more of dbt.
    """
    sparks = Sparks(warehouse)
    sparks.hand_over()
    assert sparks.dbt("build", *arguments) == 0, sparks.output[-6000:]
    return sparks


def begin(folder: Path) -> Warehouse:
    """A warehouse with a secret that is looked for."""
    need_spark()
    warehouse = Warehouse(folder)
    warehouse.ask_for_more()
    warehouse.database.mkdir(parents=True)
    (warehouse.database / "restricted.pepper").write_text(PEPPER)
    return warehouse


@pytest.mark.extended
def test_spark_holds_the_rows_of_files(tmp_path: Path) -> None:
    """A few hundred dirty rows; and no text of Spark's, nor its event log, has the pepper."""
    warehouse = begin(tmp_path)
    small(warehouse)
    warehouse.build()
    sparks = on_both(warehouse)
    assert list(sparks.differences()) == []
    assert "It lands nothing" in sparks.output
    places = [tmp_path / "spark", tmp_path / "spark-logs", sparks.events]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert any(path.is_relative_to(sparks.events) for path in files)
    texts = {path: path.read_bytes() for path in files}
    assert any(b"sha2(" in text for text in texts.values())
    assert [path for path, text in texts.items() if PEPPER.encode() in text] == []
    assert PEPPER not in sparks.output
    handed_over = warehouse.database / "restricted" / "spark" / "handed_over"
    assert {path.stat().st_mode & 0o777 for path in handed_over.glob("*")} == {0o600}


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["sample", "dirty"])
def test_spark_holds_the_rows_of_more_files(kind: str, tmp_path: Path) -> None:
    warehouse = begin(tmp_path)
    deliver(warehouse)
    if kind == "dirty":
        deliver_dirty(warehouse)
    warehouse.build()
    sparks = on_both(warehouse)
    assert list(sparks.differences()) == []
    assert sparks.dbt("test") == 0, sparks.output[-6000:]


@pytest.mark.soak
@pytest.mark.usefixtures("reference")
def test_spark_reads_what_senders_write(request: pytest.FixtureRequest) -> None:
    """In their own way: currencies, decimal commas, epochs, time zones, names of companies."""
    need_spark()
    sparks = on_both(request.getfixturevalue("built"), "--vars", repr(EARLY))
    assert list(sparks.differences()) == []


def test_nothing_is_handed_over_of_no_warehouse(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="run dbt build first"):
        hand_over(tmp_path, {"nodes": {}, "sources": {}})
    assert list(tmp_path.iterdir()) == []
