"""No value makes a build fail, no row is lost, and no message shows what was delivered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from reference.generate_dirty import write_landing_zone, write_reference_seeds
from reference.generate_dirty_hostile import PERSON, PERSONAL, VALUE, hostile_deliveries
from reference.judge import Delivery, Reference, judge
from reference.judge_compare import Published, differences


@dataclass(slots=True)
class Hostile:
    warehouse: Any
    deliveries: dict[str, list[Delivery]]
    console: str


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    """One build of hostile rows, as in production: masked, and without as_of_date."""
    from conftest import Warehouse, copy_project

    from benefits_warehouse.dbt_plugin import release_locks

    folder = tmp_path_factory.mktemp("hostile")
    project = copy_project(folder / "project")
    seeds = project / "seeds" / "reference"
    deliveries, companies = hostile_deliveries(dt.datetime.now(dt.UTC).date())
    write_reference_seeds(companies, seeds)
    warehouse = Warehouse(folder, project)
    write_landing_zone(deliveries, warehouse.zone, seeds / "column_aliases.csv")
    warehouse.build("--exclude-resource-type", "unit_test")
    yield Hostile(warehouse, deliveries, warehouse.output)
    release_locks()


def test_every_hostile_row_is_judged(hostile: Hostile) -> None:
    """Accounted for, one by one, with the verdict of the plain-Python judge."""
    counts = hostile.warehouse.rows("quality.reconciliation")
    assert [row["difference"] for row in counts] == [0] * len(counts)
    rows = {feed: len(several[0].files[0].rows) for feed, several in hostile.deliveries.items()}
    assert all(landed > 1000 for landed in rows.values())
    landed = {f"{row['source']}.{row['feed']}": row["rows_landed"] for row in counts}
    assert landed == rows
    reference = Reference.read(hostile.warehouse.project / "seeds" / "reference")
    landed_on = next(iter(hostile.deliveries.values()))[0].landed_on
    results = judge(hostile.deliveries, reference, landed_on)
    found = differences(Published(hostile.warehouse), results, reference, PERSONAL)
    assert not found, f"{len(found)} differences\n" + "\n\n".join(found[:8])[:8000]


def test_no_message_shows_a_value(hostile: Hostile) -> None:
    """Console, logs, compiled SQL and run results hold no canary."""
    folder = hostile.warehouse.folder
    texts = {path: path.read_bytes() for path in files_of(folder / "logs", folder / "target")}
    texts[Path("console")] = hostile.console.encode()
    assert len(texts) > 50
    canaries = [word.lower().encode() for word in (PERSON, VALUE)]
    shown = [path for path, text in texts.items() if any(c in text.lower() for c in canaries)]
    assert not shown


def test_no_person_is_published(hostile: Hostile) -> None:
    """What identifies people stands in no published relation and no export, masked or not."""
    found = []
    with hostile.warehouse.connect() as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns "
            "where table_schema in ('marts', 'quality', 'ops')"
        ).fetchall()
        assert len(columns) > 300
        for schema, table, column in columns:
            seen = connection.execute(
                f'select count(*) from {schema}.{table} where "{column}"::varchar ilike ?',
                [f"%{PERSON}%"],
            ).fetchone()
            if seen and seen[0]:
                found.append(f"{schema}.{table}.{column}: {seen[0]}")
    for path in files_of(hostile.warehouse.exports, hostile.warehouse.database):
        is_open = "restricted" not in path.relative_to(hostile.warehouse.folder).as_posix()
        if is_open and PERSON.lower().encode() in path.read_bytes().lower():
            found.append(str(path))
    assert not found


def files_of(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())
