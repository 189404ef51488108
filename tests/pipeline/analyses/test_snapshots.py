"""The histories of roster and plans over several builds, against a plain-Python history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from conftest import Warehouse

Row = dict[str, str]
State = dict[str, tuple[Any, ...]]  # what a delivery says, by key
Record = tuple[Any, ...]  # key, contents, since when, until when, is deleted

NODES = [
    *("--select", "+employees_history", "+plans_history", "dim_employees"),
    *("--exclude-resource-type", "unit_test", "test"),
]
STEADY = 6  # persons and plans that never change, so that no delivery shrinks too much


def person(number: int, title: str = "Clerk", updated: str = "2024-01-01", **cells: str) -> Row:
    """A row of the roster."""
    return {
        "person_id": f"P{number}",
        "full_name": f"Ann {number}",
        "title": title,
        "email": f"p{number}@acme.com",
        "company_ein": "11-1111111",
        "start_date": "2020-01-01",
        "notes": "",
        "last_updated": updated,
    } | cells


def plan(carrier: str, start: str = "2024-01-01", end: str = "") -> Row:
    """A row of the plans."""
    return {
        "company_ein": "11-1111111",
        "plan_type": "Medical",
        "carrier_name": carrier,
        "start_date": start,
        "end_date": end,
    }


PEOPLE = [person(number) for number in range(10, 10 + STEADY)]
PLANS = [plan(f"Steady {number}") for number in range(STEADY)]
NAMELESS = person(0, person_id="", full_name="No Id")
# What is delivered before each build; a delivery that lacks a feed brings nothing of it.
EMPLOYEES = [
    # P4 is withheld, P5 stands there twice, the newer counts; a person without an id is one too.
    [
        *(person(1, "Analyst"), person(2), person(3, "Nurse"), person(4, start_date="soon")),
        *(person(5, "Old", "2023-01-01"), person(5, "New"), NAMELESS),
    ],
    # P1 is promoted, P2 and the nameless one are gone, P3's title is not delivered, P4 is mended.
    [person(1, "Lead", "2024-03-01"), person(3, ""), person(4), person(5, "New")],
    # P2 comes back as it was; P1 moves on.
    [person(1, "Head", "2024-05-01"), person(2), person(3, ""), person(4), person(5, "New")],
    # Late: an older version of P1. Touched: P4 has a newer date and says the same. Else a repeat.
    [
        *(person(5, "New"), person(4, updated="2024-06-01"), person(3, ""), person(2)),
        *(person(1, "Intern", "2022-05-01"), person(1, "Head", "2024-05-01")),
    ],
]
TERMS = [
    [plan("Ends"), plan("Goes"), plan("", "2023-01-01"), plan("Bad", end="2023-05-05")],
    [plan("Ends", end="2024-12-31"), plan("", "2023-01-01"), plan("Bad", end="2025-05-05")],
    [
        *(plan("Ends", end="2024-12-31"), plan("Goes", end="2024-06-30")),
        *(plan("", "2023-01-01", "2023-12-31"), plan("Bad", end="2025-05-05")),
    ],
]


def person_state(delivered: list[Row], before: State) -> State:
    """What the roster says: the newest version of each person, titles carried forward."""
    state: State = {}
    for row in sorted(delivered, key=lambda row: row["last_updated"]):
        key = row["person_id"] or row["full_name"]
        is_valid = bool(row["person_id"]) and row["start_date"] != "soon"
        old = before.get(key, (None, None))[1]
        day = dt.date(2020, 1, 1) if row["start_date"] != "soon" else None
        state[key] = (row["person_id"] or None, row["title"] or old, day, is_valid)
    return state


def plan_state(delivered: list[Row], before: State) -> State:
    """What the terms are; a plan without a carrier is known by its content."""
    state: State = {}
    for row in delivered:
        start, end = (
            dt.date.fromisoformat(row[name]) if row[name] else None
            for name in ("start_date", "end_date")
        )
        key = row["carrier_name"] or f"{start} {end}"
        state[key] = (row["carrier_name"] or None, end, end is None or end >= start)
    return state


def history(states: Iterable[tuple[dt.datetime, State]]) -> list[Record]:
    """The records that a careful clerk would write, given what is said from each time on."""
    records: list[list[Any]] = []
    current: dict[str, list[Any]] = {}
    for since, state in states:
        for key in [*state, *(key for key in current if key not in state)]:
            last = current.get(key)
            said = (state[key], False) if key in state else (last[0], True)
            if last is None or (last[0], last[3]) != said:
                if last:
                    last[2] = since
                current[key] = [said[0], since, None, said[1]]
                records.append(current[key])
    return sorted((tuple(record) for record in records), key=repr)


def found(warehouse: Warehouse, relation: str, columns: str) -> list[Record]:
    """The records of a history, in the shape of `history`."""
    rows = warehouse.query_restricted(
        f"select {columns}, dbt_valid_from, dbt_valid_to, dbt_is_deleted = 'True' "
        f"from snapshots.{relation}"
    )
    return sorted(((row[:-3], *row[-3:]) for row in rows), key=repr)


def employees(warehouse: Warehouse) -> list[Record]:
    return found(warehouse, "employees_history", "person_id, title, start_date, is_valid")


def plans(warehouse: Warehouse) -> list[Record]:
    return found(warehouse, "plans_history", "carrier_name, end_date, is_valid")


def expected(
    warehouse: Warehouse, feed: str, deliveries: list[list[Row]], read: Callable[..., State]
) -> list[Record]:
    """The history of deliveries that were each landed by a build of its own."""
    times = warehouse.query_restricted(
        "select loaded_at from landing.landing_ledger "
        f"where feed = '{feed}' and status = 'loaded' order by load_id"
    )
    states, state = [], {}
    for (time,), rows in zip(times, deliveries, strict=True):
        # A title is remembered after its person has left.
        state = state | read(rows, state)
        present = read(rows, state)
        states.append((time, {key: state[key] for key in present}))
    return history(states)


@pytest.mark.extended
def test_histories(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse()

    def build(*arguments: str, **variables: Any) -> None:
        manifest = warehouse.manifest() if variables else None
        warehouse.build(*NODES, *arguments, vars=variables, manifest=manifest)

    for step in range(3):
        warehouse.deliver("benefits_admin.employees", f"{step}.csv", EMPLOYEES[step] + PEOPLE)
        warehouse.deliver("benefits_admin.plans", f"{step}.csv", TERMS[step] + PLANS)
        build()
    all_employees = [rows + PEOPLE for rows in EMPLOYEES]
    all_plans = [rows + PLANS for rows in TERMS]
    wanted = expected(warehouse, "employees", all_employees[:3], person_state)
    assert len(wanted) == STEADY + 3 + 3 + 1 + 2 + 1 + 2  # P1 to P5, and the one without an id
    assert employees(warehouse) == wanted
    wanted_plans = expected(warehouse, "plans", all_plans, plan_state)
    assert len(wanted_plans) == STEADY + 2 + 3 + 3 + 2
    assert plans(warehouse) == wanted_plans

    # A late row, a touched row, a repeat, and a full refresh: history is kept, nothing is added.
    warehouse.deliver("benefits_admin.employees", "3.csv", EMPLOYEES[3] + PEOPLE)
    build("--full-refresh")
    assert warehouse.query_restricted(
        "select count(*) from landing.landing_ledger where feed = 'employees'"
    ) == [(4,)]
    assert (employees(warehouse), plans(warehouse)) == (wanted, wanted_plans)
    assert wanted == expected(warehouse, "employees", all_employees, person_state)

    # The command alone: nothing to do, and it says so; it is on record.
    assert warehouse.dbt("snapshot").success
    assert warehouse.output.count("UNCHANGED") == 2

    # The open, valid records are the mart, before and after the reading of dates changes.
    warehouse.deliver(
        "benefits_admin.employees",
        "4.csv",
        [*EMPLOYEES[3], *PEOPLE[1:], person(10, start_date="03/04/2020")],
    )
    build()
    assert_ends_in_the_mart(warehouse)
    build(date_order="dmy")
    assert_ends_in_the_mart(warehouse)
    days = [
        (record[0][2], record[1], record[2])
        for record in employees(warehouse)
        if record[0][0] == "P10"
    ]
    days.sort(key=lambda day: day[1])
    assert [day for day, _, _ in days] == [
        dt.date(2020, 1, 1),
        dt.date(2020, 3, 4),
        dt.date(2020, 4, 3),
    ]
    assert [until for _, _, until in days] == [days[1][1], days[2][1], None]
    # No load brought the last one: it is valid from when that run began.
    runs = warehouse.query("select command, started_at from ops.run_history order by started_at")
    assert [command for command, _ in runs].count("snapshot") == 1
    assert days[2][1] == runs[-1][1]
    assert warehouse.query_restricted(
        "select count(*) - count(distinct dbt_scd_id) from snapshots.employees_history"
    ) == [(0,)]

    # Another origin starts anew: no record of the old one is left.
    warehouse.leave_zone()
    build(change_origin=True)
    assert {record[1] > runs[-1][1] for record in employees(warehouse) + plans(warehouse)} == {True}


def assert_ends_in_the_mart(warehouse: Warehouse) -> None:
    """The newest state of the history is what dim_employees shows."""
    columns = "person_id, title, company_ein, company_ein_source, start_date"
    assert warehouse.query_restricted(
        f"""select {columns} from snapshots.employees_history
        where dbt_valid_to is null and dbt_is_deleted = 'False' and is_valid order by all"""
    ) == warehouse.query(
        f"select {columns} from marts.dim_employees where not is_deleted order by all"
    )
