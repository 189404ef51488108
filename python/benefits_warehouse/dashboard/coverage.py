"""Gaps in the coverage of companies, on a time line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import altair as alt

from benefits_warehouse.dashboard.drawing import (
    BAR_HEIGHT,
    BLUE,
    GREY,
    PALE,
    VERMILION,
    Datasets,
    colours,
    day_axis,
    line_axis,
    specification,
)
from benefits_warehouse.dashboard.published import Published, Row, name_apart
from benefits_warehouse.dashboard.section import Chart, Column, Section, Table, us_date, us_money

LINES = 40  # companies and plan types on the time line
YEARS_BACK, YEARS_AHEAD = 10, 2  # around as_of_date: one mistyped year must not flatten the rest
STATES = {"ended": BLUE, "still open": VERMILION}

# One row per gap of the chosen lines, of these companies or of all.
GAPS = """
with gaps as (
    select
        coalesce(company_ein, '(none)') as company_ein,
        coalesce(company_name, company_ein, '(none)') as company_name,
        coalesce(plan_type, '(none)') as plan_type,
        gap_type,
        gap_start,
        gap_end,
        coalesce(gap_end, gap_start + gap_length_days::integer - 1) as counted_to,
        gap_length_days,
        previous_carrier,
        next_carrier,
        claims_in_gap,
        claim_cost_in_gap,
        counted_to >= $first and gap_start <= $last as is_in_view
    from marts.plan_gaps
    where $companies is null or list_contains($companies, company_ein)
),
lines as (
    select
        company_ein,
        plan_type,
        max(max(gap_length_days)) over (partition by company_ein) as longest_of_company,
        row_number() over (order by max(gap_length_days) desc, company_ein, plan_type) as place
    from gaps
    where is_in_view
    group by company_ein, plan_type
)
select gaps.*
from gaps
inner join lines using (company_ein, plan_type)
where is_in_view and place <= $lines
order by longest_of_company desc, company_name, company_ein, plan_type, gap_start
"""

TOTALS = """
select
    count(*) as gaps,
    count(distinct company_ein) as companies,
    count(distinct (company_ein, plan_type)) as lines,
    count(*) filter (where coalesce(gap_end >= $as_of, true)) as open_gaps,
    coalesce(sum(claims_in_gap), 0) as claims,
    coalesce(sum(claim_cost_in_gap), 0) as cost,
    max(coalesce(gap_end, gap_start + gap_length_days::integer - 1)) as newest
from marts.plan_gaps
"""

# Coverage on the same lines; plan types differ in case at most.
COVERAGE = """
select
    company_ein,
    plan_type,
    greatest(coverage_start, $first) as coverage_start,
    least(coalesce(coverage_end, $last), $last) as coverage_end
from marts.fct_plan_coverage
where
    coverage_start <= $last
    and coalesce(coverage_end, $last) >= $first
    and (
        list_contains($lines, company_ein || '|' || lower(plan_type))
        or list_contains($companies, company_ein)
    )
order by company_ein, plan_type, coverage_start
"""

COLUMNS = [
    Column("company_name", "Company"),
    Column("company_ein", "EIN"),
    Column("plan_type", "Plan type"),
    Column("gap_type", "Kind"),
    Column("gap_start", "First day", "date"),
    Column("gap_end", "Last day", "date"),
    Column("gap_length_days", "Length (days)", "count"),
    Column("previous_carrier", "Carrier before"),
    Column("next_carrier", "Carrier after"),
    Column("claims_in_gap", "Claims in gap", "count"),
    Column("claim_cost_in_gap", "Their cost", "money"),
]
# What the time line needs of each row.
GAPS_DRAWN = ["line", "until", "arrow", "state", "words", "first_day", "last_day"] + [
    column.name for column in COLUMNS
]
COVERAGE_DRAWN = ["line", "coverage_start", "until"]


def stretches(
    published: Published,
    today: dt.date,
    companies: Sequence[str] | None = None,
    lines: int = LINES,
) -> tuple[list[Row], list[Row]]:
    """Gaps and the coverage beside them, as the time line shows them.

    Args:
        published: the warehouse.
        today: the day to which open gaps are counted.
        companies: EINs, whose coverage is shown whole, in lines named by plan type; None for all.
        lines: at most so many companies and plan types, those with the longest gap.
    """
    day = dt.timedelta(days=1)
    view = view_around(today)
    gaps = published.rows(GAPS, lines=lines, companies=companies, **view)
    name_apart(gaps)
    line_of: dict[tuple[str, str], str] = {}
    for gap in gaps:
        is_open = gap["gap_end"] is None or gap["gap_end"] >= today
        gap["state"] = "still open" if is_open else "ended"
        key = gap["company_ein"], gap["plan_type"].lower()
        name = gap["plan_type"] if companies else f"{gap['label']} · {gap['plan_type']}"
        gap["line"] = line_of.setdefault(key, name)
        gap["until"] = gap["counted_to"] + day
        gap["arrow"] = gap["until"] if is_open else None
        gap["first_day"] = us_date(gap["gap_start"])
        counted = us_date(gap["counted_to"])
        gap["last_day"] = counted if gap["gap_end"] else f"open, counted to {counted}"
        gap["words"] = (
            f"{gap['line']}: {gap['gap_type']} gap of {gap['gap_length_days']} days,"
            f" {gap['state']}, from {gap['first_day']} to {counted}"
        )
    wanted = sorted("|".join(key) for key in line_of)
    coverage = published.rows(COVERAGE, lines=wanted, companies=companies, **view)
    for stretch in coverage:
        key = stretch["company_ein"], stretch["plan_type"].lower()
        stretch["line"] = line_of.setdefault(key, stretch["plan_type"])
        stretch["until"] = stretch["coverage_end"] + day
    return gaps, coverage


def view_around(today: dt.date) -> dict[str, Any]:
    """First and last day of the time line."""
    return {
        "first": today - dt.timedelta(days=366 * YEARS_BACK),
        "last": today + dt.timedelta(days=366 * YEARS_AHEAD),
    }


def time_line(datasets: Datasets, lines: Sequence[str], domain: Sequence[str]) -> dict[str, Any]:
    """The time line: coverage in pale gray, gaps in color, as_of_date as a line.

    Args:
        datasets: coverage, gaps and as_of; empty where the page adds them.
        lines: from top to bottom; empty for those of the data.
        domain: first and last day; empty for those of the data.
    """
    axis = line_axis("line", lines, "Company and plan type")
    scale: dict[str, Any] = {"domain": list(domain)} if domain else {}
    covered = (
        alt.Chart(alt.NamedData("coverage"), name="coverage")
        .mark_bar(height=BAR_HEIGHT, color=PALE, clip=True, aria=False)
        .encode(x=day_axis("coverage_start", nice=False, **scale), x2="until:T", y=axis)
    )
    gaps = alt.Chart(alt.NamedData("gaps"))
    start = day_axis("gap_start", nice=False, **scale)
    colour = colours("state", "Time without coverage", STATES)
    uncovered = (
        gaps.mark_bar(height=BAR_HEIGHT, clip=True)
        .properties(name="gap")
        .encode(
            x=start,
            x2="until:T",
            y=axis,
            color=colour,
            description="words:N",
            tooltip=[
                alt.Tooltip("company_name:N", title="Company"),
                alt.Tooltip("plan_type:N", title="Plan type"),
                alt.Tooltip("gap_type:N", title="Kind"),
                alt.Tooltip("first_day:N", title="First day"),
                alt.Tooltip("last_day:N", title="Last day"),
                alt.Tooltip("gap_length_days:Q", title="Days", format=","),
                alt.Tooltip("previous_carrier:N", title="Carrier before"),
                alt.Tooltip("next_carrier:N", title="Carrier after"),
                alt.Tooltip("claims_in_gap:Q", title="Claims in gap", format=","),
                alt.Tooltip("claim_cost_in_gap:Q", title="Their cost", format="$,.2f"),
            ],
        )
    )
    # What goes on has an arrow at its end, so that not only the color says it.
    arrows = (
        gaps.transform_filter("datum.arrow !== null")
        .mark_point(shape="triangle-right", filled=True, size=90, opacity=1, xOffset=4, aria=False)
        .properties(name="open")
        .encode(x=day_axis("arrow", nice=False, **scale), y=axis, color=colour)
    )
    today = (
        alt.Chart(alt.NamedData("as_of"), name="as_of")
        .mark_rule(color=GREY, strokeDash=[4, 3], aria=False)
        .encode(x=day_axis("day", nice=False, **scale))
    )
    chart = alt.layer(covered, uncovered, arrows, today)
    return specification(chart, datasets, lines=max(1, len(lines)))


def _drawn(gaps: list[Row], coverage: list[Row], as_of: dt.date) -> dict[str, Any]:
    """The time line of these gaps, with a bit of coverage on both sides of them."""
    margin = dt.timedelta(days=120)
    first = min(gap["gap_start"] for gap in gaps) - margin
    last = max(as_of, *(gap["counted_to"] for gap in gaps)) + margin
    domain = [first.isoformat(), last.isoformat()]
    datasets = Datasets()
    datasets.add("coverage", coverage, *COVERAGE_DRAWN)
    datasets.add("gaps", gaps, *GAPS_DRAWN)
    datasets.add("as_of", [{"day": as_of}], "day")
    return time_line(datasets, list(dict.fromkeys(gap["line"] for gap in gaps)), domain)


def section(published: Published, as_of: dt.date | None) -> Section:
    """The section on gaps.

    Args:
        published: the warehouse.
        as_of: as_of_date of benefits_admin; without one, the last day of the newest gap.
    """
    totals = published.row(TOTALS, as_of=as_of)
    today = as_of or totals["newest"] or dt.date(2000, 1, 1)
    view = view_around(today)
    gaps, coverage = stretches(published, today)
    lines = {gap["line"] for gap in gaps}
    left_out = ""
    if len(gaps) < totals["gaps"]:
        left_out = (
            f"{len(gaps):,} of {totals['gaps']:,} gaps are shown: those of the {len(lines)} lines"
            f" (company and plan type) with the longest gap, of {totals['lines']:,},"
            f" from {us_date(view['first'])} to {us_date(view['last'])}. All are in"
            " marts.plan_gaps."
        )
    alternative = (
        f"Time line of {len(gaps)} gaps on {len(lines)} lines, one a company and plan type."
        if not gaps
        else f"Time line of {len(gaps)} gaps on {len(lines)} lines, one a company and plan type."
        f" The longest: {max(gaps, key=lambda gap: gap['gap_length_days'])['label']},"
        f" {max(gap['gap_length_days'] for gap in gaps):,} days."
    )
    return Section(
        key="coverage",
        title="Coverage gaps",
        figure=f"{totals['open_gaps']:,}",
        figure_label=f"coverage gaps still open, of {totals['gaps']:,} with"
        f" {totals['claims']:,} claims of {us_money(totals['cost'])} in them",
        reading="A colored bar is a time without coverage. The pale bars beside it are coverage. A"
        " bar with an arrow is still open on the as-of date (dashed line), whatever its kind. An"
        " internal gap ends where coverage begins again. A trailing gap has no coverage after it."
        " Withdrawn means that all plans are gone from the newest delivery, never_covered that"
        " there are claims and no plan ever came. Companies with the longest gap come first.",
        left_out=left_out,
        relations=["marts.plan_gaps", "marts.fct_plan_coverage"],
        charts=[
            Chart(
                key="gaps",
                title="Time without coverage, by company and plan type",
                alternative=alternative,
                spec=_drawn(gaps, coverage, today) if gaps else None,
                empty="No company has a coverage gap longer than the threshold.",
            )
        ],
        tables=[Table("gaps-table", "Gaps", COLUMNS, gaps)],
    )
