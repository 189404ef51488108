"""Lag triangle and completion of claim cost by loops over months, in exact fractions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple


class Dated(NamedTuple):
    """A claim with the day on which it became known."""

    service_date: dt.date
    known_on: dt.date
    amount: Decimal


Triangle = dict[tuple[dt.date, int], tuple[int, Decimal, Decimal, bool]]


def months_between(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def triangle(claims: Iterable[Dated]) -> Triangle:
    """Service month and lag to claims, cost, cost to date, and whether that month is over."""
    rows = [claim._replace(known_on=max(claim.known_on, claim.service_date)) for claim in claims]
    if not rows:
        return {}
    newest = max(claim.known_on for claim in rows)
    is_month_end = (newest + dt.timedelta(1)).day == 1
    found: Triangle = {}
    for month in sorted({claim.service_date.replace(day=1) for claim in rows}):
        to_date = Decimal(0)
        of_month = [claim for claim in rows if claim.service_date.replace(day=1) == month]
        for lag in range(months_between(month, newest) + 1):
            cell = [one for one in of_month if months_between(month, one.known_on) == lag]
            cost = sum((one.amount for one in cell), Decimal(0))
            to_date += cost
            is_last = lag == months_between(month, newest)
            found[month, lag] = (len(cell), cost, to_date, not is_last or is_month_end)
    return found


def completion(cells: Triangle) -> dict[dt.date, tuple[int, Decimal, Fraction | None]]:
    """Service month to its whole months of lag, its cost to date, and the share that is in."""
    known_months = {
        (month.year * 12 + month.month + lag) for (month, lag), cell in cells.items() if cell[0]
    }
    factors: dict[int, Fraction] = {}
    for lag in sorted({lag for _, lag in cells}):
        both = [
            (cells[month, lag][2], cells[month, lag + 1][2])
            for month in {month for month, _ in cells}
            if (month, lag + 1) in cells and cells[month, lag + 1][3]
        ]
        base = sum((before for before, _ in both), Decimal(0))
        if base:
            factor = Fraction(sum((after for _, after in both), Decimal(0))) / Fraction(base)
            if factor > 0:
                factors[lag] = factor
    found = {}
    for month in sorted({month for month, _ in cells}):
        lags = [lag for (one, lag), cell in cells.items() if one == month and cell[3]]
        lag = max(lags, default=0)
        share = Fraction(1)
        if lag in factors:
            for later, factor in factors.items():
                if later >= lag:
                    share /= factor
        to_date = sum((cell[1] for (one, _), cell in cells.items() if one == month), Decimal(0))
        found[month] = (lag, to_date, share if len(known_months) >= 6 else None)
    return found
