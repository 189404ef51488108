"""Everything that is planted in the sample seeds is found where fixtures/planted_cases.csv says."""

from __future__ import annotations

import csv
from pathlib import Path

from conftest import Warehouse

CASES = Path(__file__).parents[1] / "fixtures" / "planted_cases.csv"


def holds(connection, case: dict[str, str]) -> bool:
    """Whether a case is found; see the fixture's columns."""
    keys = case["key_column"].split("|")
    values = case["key_value"].split("|") if len(keys) > 1 else [case["key_value"]]
    if len(values) > len(keys):  # a record_key holds the separator itself
        place = keys.index("record_key")
        surplus = len(values) - len(keys)
        values[place : place + surplus + 1] = ["|".join(values[place : place + surplus + 1])]
    condition = " and ".join(f'"{key}"::varchar = ?' for key in keys)
    column, expected = case["column"], case["expected"]
    if column == "*":
        found = connection.execute(
            f"select count(*) from {case['relation']} where {condition}", values
        ).fetchone()[0]
        return (found > 0) == (expected == "<present>")
    kind = connection.execute(
        f'select any_value(typeof("{column}")) from {case["relation"]}'
    ).fetchone()[0]
    if expected == "<null>":
        test, extra = f'"{column}" is null', []
    elif kind and kind.endswith("[]"):
        test, extra = f'list_contains("{column}", ?)', [expected]
    else:
        test, extra = f'"{column}"::varchar = ?', [expected]
    return bool(
        connection.execute(
            f"select count(*) from {case['relation']} where {condition} and {test}", values + extra
        ).fetchone()[0]
    )


def test_planted_cases(seed_warehouse: Warehouse) -> None:
    """Each planted row, rule and finding is where it belongs, and nothing is where it must not
    be."""
    with CASES.open(newline="") as file:
        cases = list(csv.DictReader(file))
    with seed_warehouse.connect() as connection:
        missed = [case for case in cases if not holds(connection, case)]
    assert len(cases) > 400
    assert not missed, f"{len(missed)} of {len(cases)} cases:\n" + "\n".join(map(str, missed[:40]))
