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
PLUM = "#6a1b4d"  # darker than all of these: what is worst
ORANGE, VERMILION, PURPLE = "#e69f00", "#d55e00", "#cc79a7"
INK, GREY, PALE = "#1f2933", "#7b8794", "#e4e7eb"

ROW_HEIGHT = 24  # pixels of a line in a chart of horizontal bars; page.js has the one on a phone
BAR_HEIGHT = 14
FIGURE_SIZE = 11  # pixels of the figures at the end of bars


def plain(value: Any) -> Any:
    """A value as JSON can hold it; decimals become doubles, for drawing only."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, dt.datetime):
        return f"{value.isoformat()}Z"  # published times are UTC; without Z a browser takes its own
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def columnar(rows: Sequence[Row], columns: Sequence[str]) -> dict[str, list[Any]]:
    """Rows as columns, which take less room; the page makes rows of them again."""
    return {column: [plain(row[column]) for row in rows] for column in columns}


class Datasets(dict[str, list[Row]]):
    """The data of a chart by name, put beside the charts: Altair would check every value."""

    def add(self, name: str, rows: Iterable[Row], *columns: str) -> alt.NamedData:
        """Take in rows with these columns only; what it returns stands for them in a chart."""
        self[name] = [{column: plain(row[column]) for column in columns} for row in rows]
        return alt.NamedData(name=name)


def day_axis(name: str, title: str = "Date", **options: Any) -> alt.X:
    """A time axis in UTC: a day is the same day wherever the page is read."""
    return alt.X(
        f"{name}:T",
        title=title,
        scale=alt.Scale(type="utc", **options),
        axis=alt.Axis(labelOverlap="greedy", tickCount=8),
    )


def line_axis(name: str, lines: Sequence[str] | None, title: str) -> alt.Y:
    """An axis with one line for each text, in this order.

    Args:
        name: column with the texts.
        lines: the texts from top to bottom; None for those of the data.
        title: of the axis.
    """
    return alt.Y(
        f"{name}:N",
        title=title,
        scale=alt.Scale(
            domain=list(lines or []) or alt.Undefined, paddingInner=0.35, paddingOuter=0.2
        ),
        axis=alt.Axis(ticks=False, domain=False, grid=False),
    )


def room_for(figures: Iterable[str]) -> int:
    """Pixels that the longest of these figures takes at the end of a bar."""
    return 10 + int(0.62 * FIGURE_SIZE * max((len(figure) for figure in figures), default=0))


def legend(title: str | None, *, narrow: int = 2, wide: int = 6, **options: Any) -> alt.Legend:
    """A legend above the plot, in fewer columns where the plot is narrow.

    Args:
        title: of the legend.
        narrow: columns where the plot is narrow.
        wide: columns elsewhere.
        options: further settings of the legend, as Altair takes them.
    """
    columns = alt.ExprRef(f"width < 420 ? {narrow} : {wide}")
    return alt.Legend(title=title, orient="top", columns=columns, labelLimit=280, **options)


def colours(name: str, title: str | None, of: dict[str, str], **options: Any) -> alt.Color:
    """Colours by the values of a column, with a legend."""
    return alt.Color(
        f"{name}:N",
        scale=alt.Scale(domain=list(of), range=list(of.values())),
        legend=legend(title, **options),
    )


def run_lines(
    data: alt.NamedData,
    *,
    name: str,
    time: alt.X,
    value: alt.Y,
    series: str,
    colours_of: dict[str, str],
    tooltip: Sequence[alt.Tooltip],
    **line: Any,
) -> alt.LayerChart | alt.FacetChart:
    """A line for each series over the runs, and a point for each run; told apart by shape, too.

    Args:
        data: rows with `words` for those who can't see a point.
        name: of the points.
        time: of the run, in UTC.
        value: what is drawn; its axis begins with zero.
        series: column with the name of the line.
        colours_of: colour of each line, by its name.
        tooltip: of a point.
        line: further settings of the lines, as Altair takes them.
    """
    names = list(colours_of)
    shapes = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
    base = alt.Chart(data).encode(
        x=time,
        y=value,
        color=alt.Color(
            f"{series}:N",
            scale=alt.Scale(domain=names, range=list(colours_of.values())),
            legend=legend(None, narrow=1, wide=3),
        ),
    )
    scale = alt.Scale(domain=names, range=[shapes[at % len(shapes)] for at in range(len(names))])
    points = (
        base.mark_point(filled=True, size=60, opacity=1)
        .properties(name=name)
        .encode(
            shape=alt.Shape(f"{series}:N", scale=scale),
            description="words:N",
            tooltip=list(tooltip),
        )
    )
    return alt.layer(base.mark_line(strokeWidth=1.5, **line), points)


def specification(
    chart: alt.Chart | alt.LayerChart | alt.FacetChart,
    datasets: Datasets,
    *,
    height: int = 0,
    lines: int = 0,
) -> dict[str, Any]:
    """The Vega-Lite of a chart that is as wide as its place.

    Args:
        chart: a chart without facets; these can't follow the width.
        datasets: its data.
        height: of the plot, in pixels.
        lines: in place of it, the number of horizontal bars. The page makes them higher where it
            is narrow, to have their labels above them.
    """
    if lines:
        height = max(3, lines) * ROW_HEIGHT
        chart = chart.properties(usermeta={"lines": max(3, lines)})
    sized = chart.properties(
        width="container",
        height=height,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        background="transparent",
    )
    return {**sized.to_dict(), "datasets": datasets}


def bars(
    rows: Sequence[Row],
    *,
    name: str,
    line: str,
    value: str,
    line_title: str,
    value_title: str,
    colour: str | tuple[str, dict[str, str]],
    key: str | None = None,
    value_format: str = ",d",
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
        key: title of the legend of colours; None for no legend.
        value_format: how the axis writes values.
        text: column with the figure at the end of the bar, else the value.
        tooltip: further columns and their titles.
    """
    lines = [row[line] for row in rows]
    drawn = [
        {
            **{column: row[column] for column, _ in tooltip},
            "line": row[line],
            "value": row[value],
            "text": row[text] if text else f"{row[value]:,}",
            "colour": row[colour[0]] if isinstance(colour, tuple) else "",
            "words": f"{row[line]}: {row[text] if text else format(row[value], ',')}",
        }
        for row in rows
    ]
    widest = plain(max((row["value"] or 0 for row in drawn), default=0)) or 1
    room = room_for(row["text"] for row in drawn)
    datasets = Datasets()
    columns = drawn[0] if drawn else ()
    base = alt.Chart(datasets.add("bars", drawn, *columns)).encode(
        x=alt.X(
            "value:Q",
            title=value_title,
            scale=alt.Scale(
                domain=[0, widest], range=[0, alt.ExprRef(f"width - {room}")], nice=False
            ),
            # Small counts have a tick for each whole number, not 0, 1, 1, 2, 2.
            axis=alt.Axis(
                format=value_format, tickCount=min(5, widest) if value_format == ",d" else 5
            ),
        ),
        y=line_axis("line", lines, line_title),
    )
    bar = base.mark_bar(height=BAR_HEIGHT).properties(name=name)
    if isinstance(colour, tuple):
        palette = alt.Scale(domain=list(colour[1]), range=list(colour[1].values()))
        bar = bar.encode(
            color=alt.Color("colour:N", scale=palette, legend=legend(key) if key else None)
        )
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
    figure: dict[str, Any] = {
        "align": "left",
        "dx": 5,
        "color": INK,
        "fontSize": FIGURE_SIZE,
        "aria": False,
    }
    figures = base.mark_text(**figure).encode(text="text:N")
    return specification(alt.layer(bar, figures), datasets, lines=len(lines))
