"""What a section of the page consists of, and how its values are written."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benefits_warehouse.dashboard.published import Row

NOTHING = "–"


def us_date(day: dt.date) -> str:
    """A day as US users write it, such as Mar 5, 2024."""
    return f"{day:%b} {day.day}, {day.year}"


def us_money(amount: decimal.Decimal | float) -> str:
    """US dollars as US users write them, such as $1,234.50 or -$12.00."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def us_moment(time: dt.datetime | None) -> str:
    """A time, UTC, such as Mar 5, 2024, 14:07; nothing is a dash."""
    return f"{us_date(time)}, {time:%H:%M} UTC" if time else NOTHING


def as_text(value: Any, kind: str = "text") -> str:
    """A value as a table shows it; a number has its separators, nothing is a dash.

    Args:
        value: what a query gave.
        kind: as in Column.
    """
    if value is None or value == "":
        return NOTHING
    match kind:
        case "count":
            return f"{value:,}"
        case "money":
            return us_money(value)
        case "percent" | "number":
            return f"{value:,.2f}"
        case "signed":
            shown = f"{value:+,}" if isinstance(value, int) else f"{value:+,.2f}"
            return shown.replace("-", "−")
        case "date":
            return us_date(value)
        case "month":
            return f"{value:%b %Y}"
        case "time":
            return f"{us_date(value)}, {value:%H:%M:%S}"
        case "yes":
            return "yes" if value else "no"
        case _:
            return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@dataclass(frozen=True)
class Column:
    """A column of the table behind a chart.

    Args:
        name: key in the rows.
        title: heading, with the unit.
        kind: text, count, money (US dollars), percent, number, signed, date, month, time (UTC) or
            yes.
    """

    name: str
    title: str
    kind: str = "text"


@dataclass(frozen=True)
class Choice:
    """A list to choose the company whose chart is shown.

    Args:
        label: what is chosen.
        options: key of the company and text, the first one chosen.
    """

    label: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Chart:
    """A chart, or why there is none.

    Args:
        key: identifier, unique in the page.
        title: what is shown.
        alternative: the same in words, with the main figures, for those who can't see it.
        spec: Vega-Lite; None where there is nothing to draw.
        empty: the sentence that stands in its place then.
        choice: what can be chosen, if anything.
    """

    key: str
    title: str
    alternative: str
    spec: dict[str, Any] | None
    empty: str
    choice: Choice | None = None


@dataclass(frozen=True)
class Table:
    """The numbers behind charts; opened where they are what the section is about."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    is_open: bool = False


@dataclass(frozen=True)
class Section:
    """An analysis: its charts, how to read them, the numbers behind them.

    Args:
        key: identifier and anchor.
        title: heading.
        figure: the figure of the overview, as text.
        figure_label: what it counts.
        reading: a sentence or two on how to read the charts.
        left_out: which rows are not shown, and by which rule; empty where all are.
        relations: published relations that it reads.
        charts: in the order of the page.
        tables: the numbers.
    """

    key: str
    title: str
    figure: str
    figure_label: str
    reading: str
    left_out: str
    relations: Sequence[str]
    charts: Sequence[Chart]
    tables: Sequence[Table] = field(default_factory=tuple)
