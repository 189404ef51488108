"""Feeds that are overdue and deliveries of an unusual size warn, and nothing else does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from conftest import Warehouse
from rows import PERSON, claims

CLAIMS, PEOPLE = "benefits_admin.claims", "benefits_admin.employees"
DAY = dt.timedelta(days=1)
TICK = dt.timedelta(microseconds=1)


@dataclass
class Asked:
    """The test of deliveries, as dbt compiled it, to be asked of any ledger."""

    sql: str
    now: dt.datetime

    def of(self, *files: dict[str, Any]) -> list[tuple[Any, ...]]:
        """(gate, feed, delivery, value) of a ledger of these files, in the order of landing."""
        with duckdb.connect() as connection:
            connection.execute(
                """attach ':memory:' as restricted;
                create schema restricted.landing;
                create table restricted.landing.landing_ledger (
                    file_id bigint, origin varchar, source varchar, feed varchar, mode varchar,
                    delivery varchar, status varchar, rows bigint, load_id bigint,
                    loaded_at timestamp
                )"""
            )
            for number, file in enumerate(files, start=1):
                row = {"file_id": number, "load_id": number, "delivery": f"{number}.csv"} | file
                row["loaded_at"] = self.now - row.pop("age")
                if row["status"] != "loaded":
                    row["load_id"], row["rows"] = None, 0
                connection.execute(
                    f"insert into restricted.landing.landing_ledger ({', '.join(row)}) "
                    f"values ({', '.join('?' * len(row))})",
                    list(row.values()),
                )
            found = connection.execute(self.sql).fetchall()
        return [row[:4] for row in found]


def file(age: dt.timedelta = 0 * DAY, rows: int = 100, **cells: Any) -> dict[str, Any]:
    """A ledger row of claims, landed so long ago."""
    return {
        "origin": "landing_zone",
        "source": "benefits_admin",
        "feed": "claims",
        "mode": "delta",
        "status": "loaded",
        "rows": rows,
        "age": age,
    } | cells


def sizes(*rows: int) -> list[dict[str, Any]]:
    """Deliveries of claims of these sizes, all landed just now."""
    return [file(rows=count) for count in rows]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """The test, and a build of three deliveries that time then passes by."""
    warehouse = Warehouse(tmp_path_factory.mktemp("deliveries"))
    build = ("build", "--select", "+landing_ledger", "--exclude-resource-type", "unit_test")
    warehouse.deliver(PEOPLE, "1.csv", [PERSON])
    for number in range(1, 4):
        warehouse.deliver(CLAIMS, f"{number}.csv", claims(100 * number, 40))
    assert warehouse.dbt(*build).success
    assert "PASS assert_deliveries_are_usual" in warehouse.output
    assert "overdue" not in warehouse.output and "unusual" not in warehouse.output

    # Not a table changes, and what is refused brings nothing: yet the claims become overdue.
    older = "update landing.landing_ledger set loaded_at = loaded_at - interval 20 day"
    with duckdb.connect(str(warehouse.database / "restricted.duckdb")) as connection:
        connection.execute(f"{older} where feed = 'claims'")
    assert warehouse.dbt(*build).success
    assert "WARN 1 assert_deliveries_are_usual" in warehouse.output
    (told,) = [line for line in warehouse.output.splitlines() if "  overdue" in line]
    assert re.search(rf"{CLAIMS} 3\.csv came on \S+, 20\.\d* days ago, nothing since; ask", told)
    warehouse.deliver(CLAIMS, "4.csv", "nothing\n1\n")
    assert warehouse.dbt(*build).success
    assert "refused" in warehouse.output and "  overdue" in warehouse.output

    # Half a file comes: no longer overdue, and of an unusual size.
    warehouse.deliver(CLAIMS, "5.csv", claims(500, 10))
    assert warehouse.dbt(*build).success
    assert "  overdue" not in warehouse.output
    (told,) = [line for line in warehouse.output.splitlines() if "  unusual size" in line]
    assert f"{CLAIMS} 5.csv has 10 rows, 0.25 times the 40 of the 3 before it; ask" in told
    (compiled,) = (warehouse.folder / "target/compiled").rglob("assert_deliveries_are_usual.sql")
    sql = compiled.read_text()
    now = re.search(r"epoch_us\(timestamp '([^']+)'\)", sql)
    assert now
    return Asked(sql, dt.datetime.fromisoformat(now[1]))


def gates(found: Sequence[tuple[Any, ...]]) -> list[str]:
    return [gate for gate, *_ in found]


def test_overdue(asked: Asked) -> None:
    """14 days are in time, a microsecond more is not; only what brought something counts."""
    assert asked.of(file(14 * DAY)) == []
    late = file(14 * DAY + TICK)
    ((gate, feed, delivery, value),) = asked.of(late)
    assert (gate, feed, delivery) == ("overdue_days_max", CLAIMS, "1.csv")
    assert value == pytest.approx(14)
    assert gates(asked.of(late, file(1 * DAY, status="refused"))) == ["overdue_days_max"]
    assert gates(asked.of(late, file(1 * DAY, status="duplicate"))) == ["overdue_days_max"]
    # A roster that is sent again as it was still holds; an empty delta says that nothing happened.
    assert asked.of(late, file(1 * DAY, status="duplicate", mode="snapshot")) == []
    assert asked.of(late, file(1 * DAY, rows=0)) == []
    assert asked.of(file(99 * DAY, origin="seeds")) == []
    assert asked.of() == asked.of(file(99 * DAY, status="refused")) == []
    # Each feed has its own rhythm.
    assert asked.of(late | {"feed": "plans"}) == []
    card = file(4 * DAY + TICK, source="spend_accounts", feed="transactions")
    assert [row[1] for row in asked.of(late, card)] == [CLAIMS, "spend_accounts.transactions"]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([100, 100, 100, 50], []),
        ([100, 100, 100, 49], [("volume_times_min", 0.49)]),
        ([100, 100, 100, 0], [("volume_times_min", 0.0)]),
        ([100, 100, 100, 200], []),
        ([100, 100, 100, 201], [("volume_times_max", 2.01)]),
        ([100, 100, 1], []),  # too few before it
        ([1, 1, 1, 19], []),  # too few rows to be more than chance
        ([0, 0, 0, 20], [("volume_times_max", 20.0)]),
        ([19, 20, 20, 9], [("volume_times_min", 0.45)]),
        ([9000, 100, 100, 100], []),  # the first load of a delta feed is large, and no measure
        ([9, *[100] * 9, 9], [("volume_times_min", 0.09)]),
        ([*[9000] * 11, *[100] * 10, 90], []),  # the newest ten alone say what is usual
        ([100, 100, 100, 9, 100], []),  # only the newest is judged
    ],
)
def test_volume(asked: Asked, rows: list[int], wanted: list[tuple[str, float]]) -> None:
    found = asked.of(*sizes(*rows))
    assert [(gate, pytest.approx(value)) for gate, _, _, value in found] == wanted


def test_volume_of_deliveries(asked: Asked) -> None:
    """The parts of a delivery count together; what was refused or repeated does not count."""
    whole = sizes(100, 100, 100)
    parts = [file(rows=40, load_id=9, delivery="day") for _ in range(2)]
    assert asked.of(*whole, *parts) == []
    assert gates(asked.of(*whole, parts[0])) == ["volume_times_min"]
    refused, repeated = file(status="refused"), file(status="duplicate")
    assert asked.of(*sizes(100, 100), refused, repeated, file(rows=30)) == []
    plans = [row | {"feed": "plans"} for row in sizes(100, 100, 100, 40)]
    found = asked.of(*plans, *whole, file(rows=300))
    assert [(row[0], row[1]) for row in found] == [
        ("volume_times_max", CLAIMS),
        ("volume_times_min", "benefits_admin.plans"),
    ]
