"""No value makes a build fail, no row is lost, and no message shows what was delivered."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from canaries import Canary
from reference.generate_dirty import write_landing_zone, write_reference_seeds
from reference.generate_dirty_hostile import PERSON, PERSONAL, VALUE, hostile_deliveries
from reference.judge import Delivery, Reference, judge
from reference.judge_compare import Published, differences
from sweep import Needles, Sweep


@dataclass(slots=True)
class Hostile:
    warehouse: Any
    deliveries: dict[str, list[Delivery]]
    console: str


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """One build of hostile rows, as in production: masked, and without as_of_date."""
    from conftest import Warehouse, copy_project

    folder = tmp_path_factory.mktemp("hostile")
    project = copy_project(folder / "project")
    seeds = project / "seeds" / "reference"
    deliveries, companies = hostile_deliveries(dt.datetime.now(dt.UTC).date())
    write_reference_seeds(companies, seeds)
    warehouse = Warehouse(folder, project)
    write_landing_zone(deliveries, warehouse.zone, seeds / "column_aliases.csv")
    warehouse.build("--exclude-resource-type", "unit_test")
    return Hostile(warehouse, deliveries, warehouse.output)


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


def found(hostile: Hostile, word: str, places: str = "") -> list[str]:
    """Where a canary stands, in any of its forms, in places of a kind."""
    sweep = Sweep(Needles([Canary(word, "hostile", word)], word), ("landing", "project/seeds"))
    hits = sweep.sweep("hostile", hostile.warehouse.folder, hostile.console, places)
    assert len(sweep.searched) > 3
    return hits


def test_no_message_shows_a_value(hostile: Hostile) -> None:
    """Console, logs, compiled SQL and run results hold no canary, personal or not."""
    assert not found(hostile, VALUE, "console|logs|target|temp")


def test_no_person_is_published(hostile: Hostile) -> None:
    """What identifies people stands in no message, published relation or export, masked or not."""
    assert not found(hostile, PERSON)


def exported_cells(path: Path) -> Iterator[tuple[str, str]]:
    """Column and cell of a CSV export, as a spreadsheet splits it."""
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file, strict=True)
    for row in rows:
        assert len(row) == len(header), row
        yield from zip(header, row, strict=True)


def test_exports_are_safe_in_a_spreadsheet(hostile: Hostile) -> None:
    """No cell begins a formula but with an apostrophe before it; numbers stay numbers."""
    number = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")
    neutralised: set[str] = set()
    negative = 0
    exports = sorted(hostile.warehouse.exports.glob("*.csv"))
    assert len(exports) == 6
    for path in exports:
        for column, cell in exported_cells(path):
            is_number = number.fullmatch(cell) is not None
            assert is_number or cell[:1] not in FORMULA, (path.name, column, cell[:80])
            negative += is_number and cell.startswith("-")
            neutralised |= {cell[1]} if cell[:1] == "'" and cell[1:2] in FORMULA else set()
    assert neutralised >= {"=", "+", "-", "@"} and negative


FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Values, names of files and vars that would do something where they are taken for code.
CODE = ("a'; drop table marts.dim_employees; --", "{{ 1/0 }}", "{% raw %}", '"; select 1; --')


@pytest.mark.extended
def test_code_in_names_is_inert(make_warehouse: Callable[..., Any]) -> None:
    """Files load under names that are SQL or Jinja, from and to folders that are called so, and are
    known by them in the ledger."""
    warehouse = make_warehouse()
    folder = warehouse.folder / CODE[0]
    warehouse.zone, warehouse.exports = folder / "zone", folder / "out"
    header = "claim_id,company_ein,service_date,amount,claim_type\n"
    names = [f"{code}.csv" for code in CODE] + [f"{code}/part.csv" for code in CODE]
    for number, name in enumerate(names):
        row = f"C{number},11-1111111,2024-02-0{number + 1},1.00,{CODE[number % 4]!r}\n"
        warehouse.deliver("benefits_admin.claims", name, header + row)
    # A name that brings nothing, told in the summary of the build.
    warehouse.deliver("benefits_admin.claims", "z {{ 1/0 }}'.csv", "no,header\n")
    warehouse.build()
    files = {row["file"]: row for row in warehouse.rows("ops.loaded_files")}
    assert "required column missing" in files["z {{ 1/0 }}'.csv"]["reason"]
    assert {name: row["status"] for name, row in files.items()} == {
        **dict.fromkeys(names, "loaded"),
        "z {{ 1/0 }}'.csv": "refused",
    }
    assert {row["claim_id"] for row in warehouse.rows("marts.fct_claims")} == {
        f"C{number}" for number in range(len(names))
    }
    assert warehouse.rows("marts.dim_employees") == []
    assert {path.name for path in warehouse.exports.iterdir()} >= {"sql_gaps.csv", "run_log.jsonl"}


def test_code_in_vars_is_refused(make_warehouse: Callable[..., Any]) -> None:
    """A day that is none stops the run before anything changes.

    Jinja in a var is beyond us: dbt itself renders the text of vars before a project sees it.
    """
    warehouse = make_warehouse()
    refused = [("as_of_date", value) for value in (CODE[0], CODE[1], "2024-02-30")]
    refused += [("pii_masking_enabled", value) for value in ("false", None)]
    manifest = warehouse.manifest()
    for name, value in refused:
        words = ("run", "--select", "run_history")
        result = warehouse.dbt(*words, variables={name: value}, manifest=manifest)
        assert not result.success, (name, value)
    assert not (warehouse.database / "analytics.duckdb").exists()
