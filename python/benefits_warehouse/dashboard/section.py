"""What a section of the page consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benefits_warehouse.dashboard.published import Row


@dataclass(frozen=True)
class Column:
    """A column of the table behind a chart.

    Args:
        name: key in the rows.
        title: heading, with the unit.
        kind: text, count, money (US dollars), percent, number, date or time (UTC).
    """

    name: str
    title: str
    kind: str = "text"


@dataclass(frozen=True)
class Choice:
    """A list to choose what a chart shows.

    Args:
        label: what is chosen.
        parameter: the chart's parameter that is set to the number of the option.
        options: texts, the first one chosen.
    """

    label: str
    parameter: str
    options: Sequence[str]


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
    """The numbers behind charts."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Section:
    """A finding: its charts, how to read them, the numbers behind them.

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
