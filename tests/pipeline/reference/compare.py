"""Published rows against reference rows, key by key, with exact rules for rounded columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .records import round_half_away

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A row that is missing (actual empty), too much (expected empty), or different."""

    key: tuple[Any, ...]
    expected: tuple[Row, ...]
    actual: tuple[Row, ...]
    columns: tuple[str, ...] = ()


def decimal_scale(data_type: str) -> int:
    """Digits after the point of a published column; an inexact type is refused."""
    found = re.fullmatch(r"DECIMAL\(\d+,\s*(\d+)\)", data_type)
    if not found:
        raise AssertionError(f"expected a DECIMAL column, found {data_type}")
    return int(found[1])


def rounds_to(exact: Fraction | None, published: Decimal | None, scale: int) -> bool:
    """Within half a unit of the published scale, the half included."""
    if exact is None or published is None:
        return exact is None and published is None
    return abs(exact - Fraction(published)) <= Fraction(1, 2 * 10**scale)


def agree(exact: Any, published: Any, scale: int | None, tolerant: bool) -> bool:
    if scale is None:
        same_kind = type(exact) is type(published) or not isinstance(published, float)
        return bool(exact == published and same_kind)
    if tolerant:
        return rounds_to(exact, published, scale)
    if exact is None or published is None:
        return exact is None and published is None
    return bool(round_half_away(exact, scale) == published)


def mismatches(
    expected: Iterable[Row],
    actual: Iterable[Row],
    key: Sequence[str],
    scales: dict[str, int] | None = None,
    tolerant: bool = False,
) -> list[Mismatch]:
    """Compare the reference's columns; `scales` names its Fraction columns as published."""
    scales = scales or {}
    wanted, found = grouped(expected, key), grouped(actual, key)
    different = []
    for one in sorted({*wanted, *found}, key=lambda values: tuple(map(str, values))):
        left, right = wanted.get(one, ()), found.get(one, ())
        if len(left) != 1 or len(right) != 1:
            different.append(Mismatch(one, left, right))
            continue
        columns = tuple(
            column
            for column, value in left[0].items()
            if not agree(value, right[0][column], scales.get(column), tolerant)
        )
        if columns:
            different.append(Mismatch(one, left, right, columns))
    return different


def count_mismatches(
    expected: Iterable[Row], actual: Iterable[Row], columns: Sequence[str]
) -> list[Mismatch]:
    """Compare how often each combination of these columns occurs."""
    wanted, found = grouped(expected, columns), grouped(actual, columns)
    return [
        Mismatch(one, wanted.get(one, ()), found.get(one, ()))
        for one in sorted({*wanted, *found}, key=lambda values: tuple(map(str, values)))
        if len(wanted.get(one, ())) != len(found.get(one, ()))
    ]


def grouped(rows: Iterable[Row], key: Sequence[str]) -> dict[tuple[Any, ...], tuple[Row, ...]]:
    groups: dict[tuple[Any, ...], tuple[Row, ...]] = {}
    for row in rows:
        values = tuple(row[column] for column in key)
        groups[values] = (*groups.get(values, ()), row)
    return groups
