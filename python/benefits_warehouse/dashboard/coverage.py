"""Gaps in the coverage of companies, on a time line."""

from __future__ import annotations

import datetime as dt
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
from benefits_warehouse.dashboard.section import Chart, Column, Section, Table

LINES = 40  # companies and plan types on the time line
YEARS_BACK, YEARS_AHEAD = 10, 2  # around as_of_date: one mistyped year must not flatten the rest
KINDS = {"internal": BLUE, "trailing": VERMILION}

# One row per gap of the chosen lines, and in each the totals over all gaps.
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
    coalesce(sum(gap_length_days), 0) as days,
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
    and list_contains($lines, company_ein || '|' || lower(plan_type))
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
    Column("claim_cost_in_gap", "Their cost ($)", "money"),
]


def _drawn(gaps: list[Row], coverage: list[Row], as_of: dt.date) -> dict[str, Any]:
    """The time line: coverage in pale gray, gaps in color, as_of_date as a line."""
    day = dt.timedelta(days=1)
    for gap in gaps:
        gap["line"] = f"{gap['label']} · {gap['plan_type']}"
        gap["until"] = gap["counted_to"] + day
        gap["last_day"] = gap["gap_end"] or f"open, counted to {gap['counted_to']}"
        gap["words"] = (
            f"{gap['line']}: {gap['gap_type']} gap of {gap['gap_length_days']} days"
            f" from {gap['gap_start']} to {gap['counted_to']}"
        )
    lines = list(dict.fromkeys(gap["line"] for gap in gaps))
    line_of = {(gap["company_ein"], gap["plan_type"].lower()): gap["line"] for gap in gaps}
    for stretch in coverage:
        stretch["line"] = line_of[stretch["company_ein"], stretch["plan_type"].lower()]
        stretch["until"] = stretch["coverage_end"] + day
        stretch["last_day"] = stretch["coverage_end"]
    # A bit of coverage on both sides of the gaps, so that a gap can be seen as one.
    margin = dt.timedelta(days=120)
    first = min(gap["gap_start"] for gap in gaps) - margin
    last = max(as_of, *(gap["counted_to"] for gap in gaps)) + margin
    domain = [first.isoformat(), last.isoformat()]
    datasets = Datasets()
    axis = line_axis("line", lines, "Company and plan type")
    covered = (
        alt.Chart(
            datasets.add("coverage", coverage, "line", "coverage_start", "until", "last_day"),
            name="coverage",
        )
        .mark_bar(height=BAR_HEIGHT, color=PALE, clip=True, aria=False)
        .encode(
            x=day_axis("coverage_start", domain=domain, nice=False),
            x2="until:T",
            y=axis,
        )
    )
    names = [column.name for column in COLUMNS]
    uncovered = (
        alt.Chart(
            datasets.add("gaps", gaps, "line", "until", "words", "last_day", *names), name="gap"
        )
        .mark_bar(height=BAR_HEIGHT, clip=True)
        .encode(
            x=day_axis("gap_start", domain=domain, nice=False),
            x2="until:T",
            y=axis,
            color=colours("gap_type", "Kind of gap", KINDS),
            description="words:N",
            tooltip=[
                alt.Tooltip("company_name:N", title="Company"),
                alt.Tooltip("plan_type:N", title="Plan type"),
                alt.Tooltip("gap_type:N", title="Kind"),
                alt.Tooltip("gap_start:N", title="First day"),
                alt.Tooltip("last_day:N", title="Last day"),
                alt.Tooltip("gap_length_days:Q", title="Days", format=","),
                alt.Tooltip("previous_carrier:N", title="Carrier before"),
                alt.Tooltip("next_carrier:N", title="Carrier after"),
                alt.Tooltip("claims_in_gap:Q", title="Claims in gap", format=","),
                alt.Tooltip("claim_cost_in_gap:Q", title="Their cost ($)", format=",.2f"),
            ],
        )
    )
    today = (
        alt.Chart(datasets.add("as_of", [{"day": as_of}], "day"), name="as_of")
        .mark_rule(color=GREY, strokeDash=[4, 3], aria=False)
        .encode(x=day_axis("day", domain=domain, nice=False))
    )
    return specification(alt.layer(covered, uncovered, today), datasets, lines=len(lines))


def section(published: Published, as_of: dt.date | None) -> Section:
    """The section on gaps.

    Args:
        published: the warehouse.
        as_of: as_of_date of benefits_admin; without one, the last day of the newest gap.
    """
    totals = published.row(TOTALS)
    today = as_of or totals["newest"] or dt.date(2000, 1, 1)
    view = {
        "first": today - dt.timedelta(days=366 * YEARS_BACK),
        "last": today + dt.timedelta(days=366 * YEARS_AHEAD),
    }
    gaps = published.rows(GAPS, lines=LINES, **view)
    name_apart(gaps)
    lines = {f"{gap['company_ein']}|{gap['plan_type'].lower()}" for gap in gaps}
    coverage = published.rows(COVERAGE, lines=sorted(lines), **view)
    left_out = ""
    if len(gaps) < totals["gaps"]:
        left_out = (
            f"{len(gaps):,} of {totals['gaps']:,} gaps are shown: those of the {len(lines)} lines"
            f" (company and plan type) with the longest gap, of {totals['lines']:,},"
            f" from {view['first']} to {view['last']}. All are in marts.plan_gaps."
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
        figure=f"{totals['gaps']:,}",
        figure_label="coverage gaps longer than the threshold, "
        f"with {totals['claims']:,} claims of ${totals['cost']:,.2f} in them",
        reading="A colored bar is a time without coverage. The pale bars beside it are coverage. An"
        " internal gap ends where coverage begins again. A trailing gap is still open and is"
        " counted to the as-of date (dashed line). Companies with the longest gap come first.",
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
