"""What all charts share: colours, sizes, axes, and the step from Altair to a specification.

Colours are of the Okabe-Ito palette, which people with any colour vision can tell apart; no
colour says anything that a word beside it does not say too.
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt

from benefits_warehouse.dashboard.published import Row

BLUE, SKY, GREEN = "#0072b2", "#56b4e9", "#009e73"
ORANGE, VERMILION, PURPLE = "#e69f00", "#d55e00", "#cc79a7"
INK, GREY, PALE = "#1f2933", "#7b8794", "#e4e7eb"

ROW_HEIGHT = 24  # pixels of a line in a chart of horizontal bars
BAR_HEIGHT = 14


def plain(value: Any) -> Any:
    """A value as JSON can hold it; decimals become doubles, for drawing only."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, dt.datetime):
        return f"{value.isoformat()}Z"  # published times are UTC; without Z a browser takes its own
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def data(rows: Iterable[Row], *names: str) -> alt.InlineData:
    """Rows as data of a chart, with these columns only."""
    return alt.InlineData(values=[{name: plain(row[name]) for name in names} for row in rows])


def day_axis(name: str, title: str = "Date", **options: Any) -> alt.X:
    """A time axis in UTC: a day is the same day wherever the page is read."""
    return alt.X(
        f"{name}:T",
        title=title,
        scale=alt.Scale(type="utc", **options),
        axis=alt.Axis(labelOverlap="greedy", tickCount=8),
    )


def line_axis(name: str, lines: Sequence[str], title: str) -> alt.Y:
    """An axis with one line for each text, in this order."""
    return alt.Y(
        f"{name}:N",
        title=title,
        scale=alt.Scale(domain=list(lines), paddingInner=0.35, paddingOuter=0.2),
        axis=alt.Axis(ticks=False, domain=False, grid=False),
    )


def colours(name: str, title: str | None, of: dict[str, str], **options: Any) -> alt.Color:
    """Colours by the values of a column, with a legend."""
    return alt.Color(
        f"{name}:N",
        scale=alt.Scale(domain=list(of), range=list(of.values())),
        legend=alt.Legend(title=title, **options),
    )


def specification(chart: alt.Chart | alt.LayerChart, *, height: int) -> dict[str, Any]:
    """The Vega-Lite of a chart that is as wide as its place.

    Args:
        chart: a chart without facets; these can't follow the width.
        height: of the plot, in pixels.
    """
    sized = chart.properties(
        width="container",
        height=height,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        background="transparent",
    )
    return sized.to_dict()


def height_of(lines: Sequence[str]) -> int:
    """Height of a plot with one bar a line, in pixels."""
    return max(3, len(lines)) * ROW_HEIGHT


def bars(
    rows: Sequence[Row],
    *,
    name: str,
    line: str,
    value: str,
    line_title: str,
    value_title: str,
    colour: str | tuple[str, dict[str, str]],
    legend: str | None = None,
    value_format: str = ",",
    text: str | None = None,
    tooltip: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Horizontal bars, one a row, with the figure at their end.

    Args:
        rows: what is drawn, from top to bottom.
        name: of the marks.
        line: column with the text of the line, different in each row.
        value: column with the length of the bar.
        line_title: of the axis of lines.
        value_title: of the axis of values, with the unit.
        colour: of all bars, or a column and the colour of each of its values.
        legend: title of the legend of colours; None for no legend.
        value_format: how the axis writes values.
        text: column with the figure at the end of the bar, else the value.
        tooltip: further columns and their titles.
    """
    lines = [row[line] for row in rows]
    drawn = [
        {
            **{column: plain(row[column]) for column, _ in tooltip},
            "line": row[line],
            "value": plain(row[value]),
            "text": row[text] if text else f"{row[value]:,}",
            "colour": row[colour[0]] if isinstance(colour, tuple) else "",
            "words": f"{row[line]}: {row[text] if text else format(row[value], ',')}",
        }
        for row in rows
    ]
    widest = max((row["value"] or 0 for row in drawn), default=0)
    base = alt.Chart(alt.InlineData(values=drawn)).encode(
        x=alt.X(
            "value:Q",
            title=value_title,
            # Room for the figures at the end of the bars.
            scale=alt.Scale(domain=[0, 1.25 * widest or 1], nice=False),
            axis=alt.Axis(format=value_format, tickCount=5),
        ),
        y=line_axis("line", lines, line_title),
    )
    bar = base.mark_bar(height=BAR_HEIGHT).properties(name=name)
    if isinstance(colour, tuple):
        palette = alt.Scale(domain=list(colour[1]), range=list(colour[1].values()))
        key = alt.Legend(title=legend, orient="top") if legend else None
        bar = bar.encode(color=alt.Color("colour:N", scale=palette, legend=key))
    else:
        bar = bar.encode(color=alt.value(colour))
    bar = bar.encode(
        description="words:N",
        tooltip=[
            alt.Tooltip("line:N", title=line_title),
            alt.Tooltip("text:N", title=value_title),
            *(alt.Tooltip(f"{column}:N", title=title) for column, title in tooltip),
        ],
    )
    figures = base.mark_text(align="left", dx=5, color=INK, fontSize=11, aria=False).encode(
        text="text:N"
    )
    return specification(alt.layer(bar, figures), height=height_of(lines))
