"""Target lake: the rows of files, from DuckLake, with catalogs in PostgreSQL or in files."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, Warehouse
from lakes import BINARIES, Lake, Server, contents, server
from privacy.test_erasure import CANARY, WHO, Forgetting, counts
from reference import generate_dirty
from traces import traces

from benefits_warehouse.runtime.lake import CATALOG, is_lake

PEPPER = "one pepper for all warehouses"
# Times of runs and their ids; which load of a warehouse a row is of is the same in all of them.
OF_RUNS = [
    *("loaded_at", "first_seen_at", "enriched_at", "run_id", "recorded_at", "happened_at"),
    *("entered_at", "entered_run_id", "left_at", "left_run_id", "in_force_from", "detected_at"),
    *("first_found_at", "last_found_at", "resolved_at", "reopened_at"),
]

pytestmark = [
    pytest.mark.extended,
    pytest.mark.skipif(
        duckdb.__version__.startswith("2."), reason="PyPI has no DuckLake for DuckDB 2"
    ),
]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    """A server of this module."""
    if not BINARIES and not os.environ.get("REQUIRE_POSTGRES"):
        pytest.skip("needs PostgreSQL")
    with server() as found:
        yield found


def deliver(warehouse: Warehouse) -> None:
    """The sample as a first day of files."""
    for source in ("benefits_admin", "spend_accounts"):
        for path in sorted((PROJECT / "seeds" / source).glob("*.csv")):
            feed = f"{source}.{path.stem.removesuffix('_raw')}"
            warehouse.deliver(feed, "2025-07-01.csv", path.read_bytes())


def deliver_again(warehouse: Warehouse) -> None:
    """A second day: parts of what came, again and otherwise, and a roster that lost persons."""
    for feed, change in {
        "benefits_admin.claims": lambda line: line.replace("Medical", "Dental"),
        "spend_accounts.transactions": lambda line: line.replace("0.00", "1.00"),
        "benefits_admin.employees": lambda line: line,
        "benefits_admin.plans": lambda line: line,
    }.items():
        path = warehouse.zone / feed.replace(".", "/") / "2025-07-01.csv"
        head, *lines = path.read_text().splitlines(keepends=True)
        share = 3 if feed.endswith(("claims", "transactions")) else 1
        kept = [change(line) for number, line in enumerate(lines) if number % share == 0]
        warehouse.deliver(feed, "2025-07-02.csv", head + "".join(kept[: len(kept) * 9 // 10]))


def deliver_dirty(warehouse: Warehouse) -> None:
    """A second day of dirty files, several of each feed."""
    dirty = generate_dirty.generate(120, generate_dirty.DEFAULT_SEED, dt.date(2025, 7, 2))
    aliases = PROJECT / "seeds/reference/column_aliases.csv"
    generate_dirty.write_landing_zone(dirty.deliveries, warehouse.zone, aliases)


def begin(warehouse: Warehouse) -> Warehouse:
    """The warehouse with the pepper of all."""
    warehouse.database.mkdir(parents=True)
    (warehouse.database / "restricted.pepper").write_text(PEPPER)
    deliver(warehouse)
    return warehouse


def found(warehouse: Warehouse) -> dict[str, tuple[object, ...]]:
    """What the warehouse publishes, times of runs aside."""
    with warehouse.connect() as connection:
        return contents(connection, OF_RUNS)


@pytest.mark.parametrize(
    "kind",
    [
        "server",
        pytest.param("files", marks=pytest.mark.soak),
        pytest.param("dirty", marks=pytest.mark.soak),
    ],
)
def test_a_lake_holds_the_rows_of_files(kind: str, postgres: Server, tmp_path: Path) -> None:
    """Two days by increments, or a dirty zone: each table equals that of files, as a multiset."""
    lake = Lake(tmp_path / "lake", "" if kind == "files" else postgres.database())
    warehouses = [begin(warehouse) for warehouse in (Warehouse(tmp_path / "dev"), lake)]
    seen = []
    for day in (deliver, deliver_dirty if kind == "dirty" else deliver_again):
        for warehouse in warehouses:
            day(warehouse)
            warehouse.build()
        of_files, of_lake = map(found, warehouses)
        assert of_lake == of_files
        seen.append(of_files)
    changed = {table for table in seen[1] if seen[0][table] != seen[1][table]}
    assert {"marts.fct_claims", "marts.dim_employees", "quality.validation_errors"} <= changed
    years = (lake.database / "lake/analytics/marts/fct_claims").glob("year=*")
    assert len(list(years)) > 1
    if kind == "files":
        publishes_what_is_good(lake)


def publishes_what_is_good(lake: Lake) -> None:
    """Readers stay at a snapshot until a good build publishes the next one."""
    # Nothing new: no table is written, and the next snapshot tells of the run alone.
    data = set((lake.database / "lake/analytics/marts").rglob("*.parquet"))
    lake.build()
    assert lake.output.count("UNCHANGED") > 40
    assert set((lake.database / "lake/analytics/marts").rglob("*.parquet")) == data
    # A run that is not good publishes nothing.
    lake.deliver("benefits_admin.claims", "2025-07-03.csv", "claim_id,company_ein,service_date,"
                 "amount,claim_type\nC-1,12-3456789,2025-01-01,1.00,Medical\n")  # fmt: skip
    before = found(lake)
    many = {"warn": 1, "error": 1_000_000}
    assert not lake.dbt("build", variables={"quality_gates": {"rows_min": many}}).success
    assert "not published" in lake.output
    assert found(lake) == before
    # All anew gives what increments give.
    lake.build()
    assert found(lake) != before
    before = found(lake)
    lake.build("--full-refresh")
    after = found(lake)
    assert after.pop("quality.quality_trends") != before.pop("quality.quality_trends")  # by run
    assert after == before


def test_one_writes_and_the_others_are_told(postgres: Server, tmp_path: Path) -> None:
    """The lock is in the catalog, so that it holds between machines."""
    catalog = postgres.database()
    lake = Lake(tmp_path, catalog)
    holding = subprocess.Popen(
        [sys.executable, "-c",
         "from benefits_warehouse.runtime.lake import lock_catalog; lock_catalog();"
         "print('held', flush=True); input()"],
        env={**os.environ, CATALOG: catalog, "PYTHONPATH": str(PROJECT / "python")},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holding.stdout and holding.stdout.readline() == "held\n"
    try:
        result = lake.dbt("seed")
        assert not result.success
        assert "Another process writes to this lake" in lake.output + str(result.exception)
        assert "host=" not in lake.output
    finally:
        holding.communicate("\n", timeout=60)
    lake.build("--select", "company_identifiers")


def test_no_message_shows_the_password_of_the_catalog(tmp_path: Path) -> None:
    lake = Lake(tmp_path, f"dbname=lake host={tmp_path}/nowhere user=u password=Zyqvander")
    result = lake.dbt("seed")
    assert not result.success
    told = lake.output + str(result.exception) + (lake.folder / "logs/dbt.log").read_text()
    assert f"what {CATALOG} says" in told
    assert "Zyqvander" not in told


def test_a_warehouse_moves_into_a_lake(tmp_path: Path) -> None:
    """Nothing is landed or built again, and each target refuses the warehouse of the other."""
    files = begin(Warehouse(tmp_path / "warehouse"))
    files.build()
    before = found(files)
    lake = Lake(files.folder)
    (files.folder / "target" / "partial_parse.msgpack").unlink()
    assert not (result := lake.dbt("build")).success
    assert "`make lake` moves it" in lake.output + str(result.exception)
    from benefits_warehouse.runtime import to_lake

    with files.as_process():
        assert to_lake.main() == 0
    assert "with the same rows" in files.output
    assert is_lake(files.database)
    landed = {
        path: path.stat().st_mtime_ns for path in files.database.rglob("landing/**/*.parquet")
    }
    lake.build()
    built = re.findall(r"OK created sql (?:table|judged|after_judged) .*\[OK", lake.output)
    assert built == []
    after = found(lake)
    assert after.pop("quality.quality_trends") != before.pop("quality.quality_trends")  # by run
    assert after == before
    assert {path: path.stat().st_mtime_ns for path in landed} == landed
    assert not (result := files.dbt("build")).success
    assert "--target lake" in files.output + str(result.exception)
    with files.as_process():
        assert to_lake.main() == 2
    assert "is a lake already" in files.output


def test_a_person_is_forgotten_in_a_lake(postgres: Server, tmp_path: Path) -> None:
    """No file and no catalog holds a byte of the person: old snapshots and statistics are gone."""
    catalog = postgres.database()
    lake = Lake(tmp_path / "warehouse", catalog)
    forgetting = Forgetting(lake)
    forgetting.deliver()
    forgetting.build()
    held = traces(lake, CANARY)
    for place in ("int_employees_judged", "employees_history", "quarantine_history", "transact"):
        assert any(place in name for name in held), place
    assert CANARY in postgres.dump(catalog)  # least and greatest values of columns
    size = sum(path.stat().st_size for path in lake.database.rglob("lake/**/*.parquet"))
    assert forgetting.forget(WHO) == 0, forgetting.output[-4000:]
    assert traces(lake, CANARY) == set()
    assert CANARY not in postgres.dump(catalog)
    assert not postgres.files_with(CANARY)
    assert sum(path.stat().st_size for path in lake.database.rglob("lake/**/*.parquet")) < size
    assert {row["difference"] for row in counts(lake).values()} == {0}
    assert lake.query("select count(*) from marts.dim_employees") == [(6,)]
    shutil.rmtree(lake.folder)


@pytest.mark.soak
def test_clear_values_leave_no_snapshot(tmp_path: Path) -> None:
    """Where a build wrote clear values, the next one that masks leaves no snapshot with them."""
    lake = Lake(tmp_path)
    name = "Zyqvander Quillfeather"
    roster = [
        {"person_id": "P1", "full_name": name, "email": "a@acme.com", "company_ein": "12-3456789",
         "start_date": "2024-01-01"},
    ]  # fmt: skip
    lake.deliver("benefits_admin.employees", "1.csv", roster)
    lake.build(vars={"pii_masking_enabled": False})
    analytics = lake.database / "lake/analytics"
    files = [*analytics.rglob("*.parquet"), lake.database / "lake/analytics.ducklake"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert any("lake/analytics" in place for place in traces(lake, name))
    lake.build()
    assert lake.query("select full_name from marts.dim_employees") == [("Z. Q.",)]
    assert not any("lake/analytics/" in place for place in traces(lake, name))
    with lake.connect() as connection:
        ((published,),) = connection.execute(
            "select list(data_file) from ducklake_list_files('analytics', 'dim_employees', "
            "schema => 'marts')"
        ).fetchall()
    assert {Path(path).stat().st_mode & 0o777 for path in published} == {0o644}
    # Readers keep the snapshot that was published, whatever is written since.
    (before,) = lake.query("select max(published_snapshot) from ops.run_history")
    assert lake.dbt("run", "--select", "calendar_days", "--full-refresh").success
    lake.build()
    (after,) = lake.query("select max(published_snapshot) from ops.run_history")
    assert after > before
