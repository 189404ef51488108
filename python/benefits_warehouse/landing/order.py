"""In which order the deliveries of a sender came, as their names say, and the day of each."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from benefits_warehouse.landing.files import kind_of

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEAR = r"(?P<y>(?:19|20)\d\d)"
MONTH_NAME = rf"(?P<b>(?i:{'|'.join(MONTHS)}))[a-zA-Z]*"
# A date is not a part of a longer number; an hour may follow it (20260131T0915, 20260131_0915).
DATES = (
    re.compile(rf"(?<!\d){YEAR}[-_./ ](?P<m>\d\d?)[-_./ ](?P<d>\d\d?)(?!\d)"),
    re.compile(rf"(?<!\d){YEAR}(?P<m>\d\d)(?P<d>\d\d)(?!\d)"),
    re.compile(rf"(?<!\d)(?P<first>\d\d?)[-_./ ](?P<second>\d\d?)[-_./ ]{YEAR}(?!\d)"),
    re.compile(rf"(?<!\d)(?P<first>\d\d)(?P<second>\d\d){YEAR}(?!\d)"),
    re.compile(rf"(?<!\d)(?P<d>\d\d?)[-_. ]?{MONTH_NAME}[-_., ]{{0,2}}{YEAR}(?!\d)"),
    re.compile(rf"{MONTH_NAME}[-_. ]?(?P<d>\d\d?)[-_., ]{{1,2}}{YEAR}(?!\d)"),
)

Row = dict[str, Any]
Natural = tuple[tuple[int, int, str], ...]


def dates_in(name: str, order: str) -> Iterator[dt.date]:
    """The dates that a name holds.

    Args:
        name: name of a delivery.
        order: of a date that begins with no year, mdy or dmy.
    """
    for pattern in DATES:
        for found in pattern.finditer(name):
            parts = found.groupdict()
            if parts.get("first"):
                names = ("m", "d") if order == "mdy" else ("d", "m")
                parts |= dict(zip(names, (parts["first"], parts["second"]), strict=True))
            elif parts.get("b"):
                parts["m"] = str(MONTHS.index(parts["b"].lower()) + 1)
            try:
                yield dt.date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
            except ValueError:
                continue


@cache
def date_in(name: str, order: str) -> dt.date | None:
    """The date in a name: of several, as in a file of a period, the last day; None without one.

    Args:
        name: name of a delivery.
        order: of a date that begins with no year, mdy or dmy.
    """
    return max(dates_in(name, order), default=None)


@cache
def natural(text: str) -> Natural:
    """A text as it is sorted with its numbers as numbers: "export (2)" before "export (10)"."""
    return tuple(
        (0, int(piece), "") if piece.isdecimal() and piece.isascii() else (1, 0, piece)
        for piece in re.split(r"([0-9]+)", text)
        if piece
    )


def without_ending(name: str) -> str:
    """A name without its endings, since export.csv comes before export (2).csv."""
    while kind_of(name) and "." in name[1:]:
        name = name[: name.rindex(".")]
    return name


def in_order(deliveries: Iterable[Row], order: str) -> list[Row]:
    """The deliveries of a sender in their order.

    They are ordered by the date in their names where all have one, else by name; what came under
    one name is in the order in which it was loaded.

    Args:
        deliveries: each with delivery (its name) and delivery_id.
        order: of the dates in its names that begin with no year, mdy or dmy.
    """
    several = list(deliveries)
    dates = {row["delivery"]: date_in(row["delivery"], order) for row in several}
    are_dated = all(dates.values())

    def place(row: Row) -> tuple[Any, ...]:
        name = row["delivery"]
        day = dates[name] if are_dated else dt.date.min
        return day, natural(without_ending(name)), natural(name), row["delivery_id"]

    return sorted(several, key=place)
