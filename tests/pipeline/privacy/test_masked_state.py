"""Masked means masked in bytes: what was clear once is not in a file that is published later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse

NAME, ADDRESS, CARRIER = "Quillfeather", "quillfeather.zz@acme.com", "Marshwiggle 555-123-4567"
CLEAR = {"pii_masking_enabled": False}
PLAIN = ("--exclude-resource-type", "test", "unit_test")


def deliver(warehouse: Warehouse) -> None:
    """Persons whose names and addresses occur nowhere else, a good plan and a withheld one."""
    warehouse.deliver(
        "benefits_admin.employees",
        "2025-01-01.csv",
        [
            {
                "person_id": f"P{number}",
                "full_name": f"Zebedee {NAME}{number}",
                "title": "Clerk",
                "email": f"{number}{ADDRESS}",
                "company_ein": "12-3456789",
                "start_date": "2020-01-01",
                "notes": "none",
            }
            for number in range(2000)
        ],
    )
    warehouse.deliver(
        "benefits_admin.plans",
        "2025-01-01.csv",
        [
            {
                "company_ein": ein,
                "plan_type": "Medical",
                "carrier_name": CARRIER,
                "start_date": start,
                "end_date": "2025-12-31",
            }
            for ein, start in [("12-3456789", "2024-01-01"), ("12-3456788", "2026-06-01")]
        ],
    )


def found(path: Path, *words: str) -> set[str]:
    """Which words the bytes of a file hold."""
    data = path.read_bytes()
    return {word for word in words if word.encode() in data}


def rights(warehouse: Warehouse) -> set[int]:
    """Mode bits of what readers get."""
    paths = [warehouse.database / "analytics.duckdb", *warehouse.exports.iterdir()]
    return {path.stat().st_mode & 0o777 for path in paths}


@pytest.mark.extended
def test_what_was_clear_is_gone(make_warehouse: Callable[..., Warehouse]) -> None:
    """Published bytes after clear, partly clear and masked runs, and the rights of the files."""
    warehouse = make_warehouse()
    deliver(warehouse)
    published = warehouse.database / "analytics.duckdb"
    working = warehouse.database / ".build" / "analytics.duckdb"
    words = (NAME, ADDRESS, CARRIER)
    manifest = warehouse.manifest()
    warehouse.build(*PLAIN, vars=CLEAR, manifest=manifest)
    assert "NOT MASKED" in warehouse.output
    assert found(published, NAME, ADDRESS)
    assert rights(warehouse) == {0o600}
    # Masked tables beside clear ones are not published, whatever is selected.
    before = published.read_bytes()
    assert warehouse.dbt("run", "--select", "dim_merchants", "dim_employees").success
    assert "Not published. not up to date" in warehouse.output
    assert published.read_bytes() == before
    warehouse.build(*PLAIN)
    assert "NOT MASKED" not in warehouse.output
    assert found(published, *words) == set()
    assert rights(warehouse) == {0o644}
    for path in warehouse.exports.iterdir():
        assert found(path, *words) == set(), path
    marts = warehouse.query("select * from marts.dim_employees order by all")
    # The working copy is rewritten as well, by the next run that writes, and loses nothing.
    assert (working.parent / "rewrite").exists()
    warehouse.build(*PLAIN)
    assert not (working.parent / "rewrite").exists()
    assert found(working, *words) == found(published, *words) == set()
    assert warehouse.query("select * from marts.dim_employees order by all") == marts
    assert warehouse.query("select count(*) from ops.run_history") == [(4,)]
    # A part of a clear run: the rest is masked, so nothing is published.
    before = published.read_bytes()
    assert warehouse.dbt(
        "run", "--select", "dim_employees", variables=CLEAR, manifest=manifest
    ).success
    assert warehouse.dbt("run", "--select", "dim_merchants").success
    assert published.read_bytes() == before
    warehouse.build(*PLAIN)
    assert found(published, *words) == set()
    rewrite_after_a_changed_rule(warehouse)


def rewrite_after_a_changed_rule(warehouse: Warehouse) -> None:
    """A table that was made by other code is not in the bytes that are published."""
    # What an older version of the model would have left: its code, and a text that it showed.
    working = warehouse.database / ".build" / "analytics.duckdb"
    with duckdb.connect(str(working)) as connection:
        ((comment,),) = connection.execute(
            "select comment from duckdb_tables() where table_name = 'dim_employees'"
        ).fetchall()
        connection.execute(f"""
            insert into marts.dim_employees by name
            select * replace (title || ' Oldmaskpattern' as title, 'x' || person_id as person_id)
            from marts.dim_employees;
            comment on table marts.dim_employees is 'x{comment}'
        """)
    assert found(working, "Oldmaskpattern")
    warehouse.build(*PLAIN)
    assert found(warehouse.database / "analytics.duckdb", "Oldmaskpattern") == set()
    comments = "select count(*) from duckdb_tables() where comment = ?"
    assert warehouse.query(comments, [comment]) == [(1,)]
