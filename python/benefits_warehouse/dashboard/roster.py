"""Roster mismatch by severity, and the differences between the two systems."""

from __future__ import annotations

from typing import Any

import altair as alt

from benefits_warehouse.dashboard.drawing import (
    BAR_HEIGHT,
    BLUE,
    FIGURE_SIZE,
    GREY,
    INK,
    ORANGE,
    PLUM,
    SKY,
    VERMILION,
    Datasets,
    bars,
    colours,
    line_axis,
    room_for,
    specification,
)
from benefits_warehouse.dashboard.published import Published, Row, name_apart
from benefits_warehouse.dashboard.section import Chart, Column, Section, Table

COMPANIES = 40
SEVERITIES = {
    "Critical": PLUM,
    "High": VERMILION,
    "Medium": ORANGE,
    "Low": SKY,
    "Unknown": GREY,
}

BY_SEVERITY = """
select severity, count(*) as companies
from marts.roster_mismatch
group by severity
"""

# The worst first: by severity, then by the share that is missing or too many.
MISMATCHES = """
select
    *,
    coalesce(company_name, company_ein) as shown_name,
    case when direction = 'match' then 0 else difference end as drawn
from marts.roster_mismatch
order by
    list_position(['Critical', 'High', 'Medium', 'Low', 'Unknown'], severity),
    pct_diff desc nulls first,
    abs(difference) desc nulls last,
    company_ein
limit $companies
"""

# Of all companies: the persons are never named here.
DIFFERENCES = """
select difference_type, side, count(*) as persons
from marts.roster_differences
group by difference_type, side
order by persons desc, difference_type, side
"""

COLUMNS = [
    Column("label", "Company"),
    Column("company_ein", "EIN"),
    Column("severity", "Severity"),
    Column("expected", "Expected (persons)", "count"),
    Column("observed", "Observed (persons)", "count"),
    Column("quarantined", "Withheld (persons)", "count"),
    Column("difference", "Difference (persons)", "signed"),
    Column("pct_diff", "Difference (%)", "percent"),
    Column("direction", "Direction"),
]
DIFFERENCE_COLUMNS = [
    Column("difference_type", "Difference"),
    Column("side", "Found in"),
    Column("persons", "Persons", "count"),
]


def _mismatches_drawn(rows: list[Row]) -> dict[str, Any]:
    """Bars to the left (too few) and to the right (too many) of what is expected."""
    for row in rows:
        pct = "" if row["pct_diff"] is None else f" ({row['pct_diff']:.0f}%)"
        row["mark"] = f"{row['difference']:+,}{pct}".replace("-", "−") + f" {row['severity']}"
        if row["difference"] == 0:
            row["mark"] = "match"
        row["words"] = (
            f"{row['label']}: {row['observed']} observed, {row['expected']} expected,"
            f" {row['severity']}"
        )
    lines = [row["label"] for row in rows]
    names = [column.name for column in COLUMNS]
    least = min(0, *(row["difference"] for row in rows))
    most = max(0, *(row["difference"] for row in rows))
    left = room_for(row["mark"] for row in rows if row["difference"] < 0) if least else 0
    right = room_for(row["mark"] for row in rows if row["difference"] >= 0)
    scale = alt.Scale(
        domain=[least, most if most > least else least + 1],
        range=[left, alt.ExprRef(f"width - {right}")],
        nice=False,
    )
    datasets = Datasets()
    base = alt.Chart(datasets.add("companies", rows, "words", "mark", *names)).encode(
        x=alt.X(
            "difference:Q",
            title="Difference (persons)",
            scale=scale,
            axis=alt.Axis(format="+,d", tickCount=min(6, max(1, most - least))),
        ),
        y=line_axis("label", lines, "Company"),
    )
    drawn = (
        base.mark_bar(height=BAR_HEIGHT)
        .properties(name="mismatch")
        .encode(
            color=colours("severity", "Severity", SEVERITIES),
            description="words:N",
            tooltip=[
                alt.Tooltip("label:N", title="Company"),
                alt.Tooltip("company_ein:N", title="EIN"),
                alt.Tooltip("severity:N", title="Severity"),
                alt.Tooltip("expected:Q", title="Expected", format=","),
                alt.Tooltip("observed:Q", title="Observed", format=","),
                alt.Tooltip("quarantined:Q", title="Withheld", format=","),
                alt.Tooltip("mark:N", title="Difference"),
            ],
        )
    )
    text: dict[str, Any] = {"color": INK, "fontSize": FIGURE_SIZE, "aria": False}
    over = (
        base.transform_filter("datum.difference >= 0")
        .mark_text(align="left", dx=5, **text)
        .encode(text="mark:N")
    )
    under = (
        base.transform_filter("datum.difference < 0")
        .mark_text(align="right", dx=-5, **text)
        .encode(text="mark:N")
    )
    return specification(alt.layer(drawn, over, under), datasets, lines=len(lines))


def section(published: Published) -> Section:
    """The section on the roster."""
    counts = {row["severity"]: row["companies"] for row in published.rows(BY_SEVERITY)}
    rows = published.rows(MISMATCHES, companies=COMPANIES)
    name_apart(rows, name="shown_name")
    comparable = [row for row in rows if row["difference"] is not None]
    differences = published.rows(DIFFERENCES)
    for row in differences:
        row["line"] = f"{row['difference_type']} ({row['side']})".replace("_", " ")
    companies = sum(counts.values())
    grave = counts.get("Critical", 0) + counts.get("High", 0)
    persons = sum(row["persons"] for row in differences)
    left_out = []
    if len(rows) < companies:
        left_out.append(
            f"{len(rows)} of {companies:,} companies are shown, the worst by severity and percent."
            " All are in marts.roster_mismatch."
        )
    if len(comparable) < len(rows):
        left_out.append(
            f"{len(rows) - len(comparable)} without an expected number have no bar; the table lists"
            " them."
        )
    return Section(
        key="roster",
        title="Roster mismatch",
        figure=f"{grave:,}",
        figure_label=f"of {companies:,} companies with a High or Critical mismatch;"
        f" {persons:,} differences between persons",
        reading="A bar to the left is a company with fewer persons on the roster than expected. A"
        " bar to the right is a company with more. The color is the severity, which depends on the"
        " difference in percent of the expected number. The last chart counts the persons on whom"
        " the two systems disagree.",
        left_out=" ".join(left_out),
        relations=["marts.roster_mismatch", "marts.roster_differences"],
        charts=[
            Chart(
                key="mismatches",
                title="Persons observed and expected, by company",
                alternative=f"Bars of the difference for {len(comparable)} companies, the worst"
                " first.",
                spec=_mismatches_drawn(comparable) if comparable else None,
                empty="No company has an expected number to compare with.",
            ),
            Chart(
                key="differences",
                title="Persons on whom the systems disagree",
                alternative="Bars of persons by kind of difference: "
                + ", ".join(f"{row['line']} {row['persons']}" for row in differences)
                + ".",
                spec=bars(
                    differences,
                    name="difference",
                    line="line",
                    value="persons",
                    line_title="Difference (found in)",
                    value_title="Persons",
                    colour=BLUE,
                )
                if differences
                else None,
                empty="The two systems agree on every person.",
            ),
        ],
        tables=[
            Table("mismatches-table", "Companies", COLUMNS, rows),
            Table("differences-table", "Persons by difference", DIFFERENCE_COLUMNS, differences),
        ],
    )
