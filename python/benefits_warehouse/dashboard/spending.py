"""Spend against allowance, month by month."""

from __future__ import annotations

from typing import Any

import altair as alt

from benefits_warehouse.dashboard.drawing import (
    BLUE,
    INK,
    VERMILION,
    Datasets,
    colours,
    plain,
    specification,
)
from benefits_warehouse.dashboard.published import Published, Row
from benefits_warehouse.dashboard.section import Chart, Column, Section, Table, as_text, us_money

TYPES = 6  # benefit types with a chart
MONTHS = 24
HEIGHT = 190
PARTS = {"within allowance": BLUE, "above allowance": VERMILION}

# What an account spent beyond its own allowance is above it, whatever the others left unused.
MONTHLY = """
with newest as (
    select max(month) as month from marts.account_utilization
),
monthly as (
    select
        coalesce(utilization.benefit_type, '(none)') as benefit_type,
        utilization.month,
        count(*) as accounts,
        count(*) filter (where utilization.over_allowance) as accounts_over,
        sum(utilization.allowance_per_month) as allowance,
        sum(utilization.spend) as spend,
        sum(
            case when utilization.over_allowance
                then least(utilization.spend, utilization.period_spend - utilization.allowance)
                else 0
            end
        ) as above
    from marts.account_utilization as utilization
    cross join newest
    where utilization.month > newest.month - to_months($months)
    group by all
),
types as (
    select
        benefit_type,
        row_number() over (order by sum(spend) desc, benefit_type) as place
    from monthly
    group by benefit_type
)
select
    monthly.*,
    monthly.spend - monthly.above as within,
    case when monthly.allowance > 0
        then round(100 * monthly.spend / monthly.allowance, 1)
    end as used_pct
from monthly
inner join types using (benefit_type)
where types.place <= $types
order by types.place, monthly.month
"""

TOTALS = """
with newest as (
    select max(month) as month from marts.account_utilization
)
select
    count(distinct coalesce(utilization.benefit_type, '(none)')) as types,
    count(distinct utilization.month) as months,
    max(newest.month) as newest,
    count(*) filter (
        where utilization.over_allowance and utilization.month = newest.month
    ) as over_now,
    count(*) filter (where utilization.month = newest.month) as accounts_now,
    count(*) filter (where utilization.over_allowance) as ever_over
from marts.account_utilization as utilization
cross join newest
"""

COLUMNS = [
    Column("benefit_type", "Benefit type"),
    Column("month", "Month", "month"),
    Column("accounts", "Accounts", "count"),
    Column("accounts_over", "Accounts over", "count"),
    Column("allowance", "Allowance", "money"),
    Column("spend", "Spend", "money"),
    Column("above", "Above allowance", "money"),
    Column("used_pct", "Allowance used (%)", "number"),
]


def _drawn(rows: list[Row]) -> dict[str, Any]:
    """Stacked bars of one benefit type, and the allowance of all its accounts as a tick."""
    for row in rows:
        row["shown_month"] = as_text(row["month"], "month")
    spent = [row["spend"] for row in rows]
    most, allowed = max(spent), max(row["allowance"] or 0 for row in rows)
    # The scale is that of the spending: an allowance far above it would flatten the bars.
    top = max(most, allowed) if allowed <= 2 * most else most
    scale = alt.Scale(domain=[plain(min(0, *spent)), plain(top) or 1], nice=True)
    names = ("shown_month", "spend", "allowance", "accounts_over")
    parts = [
        {
            "part": part,
            "amount": row[column],
            "words": f"{row['shown_month']}: {us_money(row[column])} {part}",
            **{name: row[name] for name in names},
        }
        for row in rows
        for part, column in zip(PARTS, ("within", "above"), strict=True)
    ]
    datasets = Datasets()
    # A month is a band, not a moment: its label stands below its bar.
    month = alt.X(
        "shown_month:O",
        title="Month",
        sort=[row["shown_month"] for row in rows],
        axis=alt.Axis(labelAngle=0, labelBound=True, labelOverlap="greedy", labelSeparation=12),
        scale=alt.Scale(paddingInner=0.25),
    )
    amount = alt.Y(
        "amount:Q",
        title="US dollars",
        axis=alt.Axis(format="$,~f", tickCount=4),
        stack="zero",
        scale=scale,
    )
    spend = (
        alt.Chart(datasets.add("parts", parts, *parts[0]), name="spend")
        .mark_bar()
        .encode(
            x=month,
            y=amount,
            color=colours("part", None, PARTS),
            order=alt.Order("part:N", sort="descending"),
            description="words:N",
            tooltip=[
                alt.Tooltip("shown_month:N", title="Month"),
                alt.Tooltip("part:N", title="Part"),
                alt.Tooltip("amount:Q", title="Amount", format="$,.2f"),
                alt.Tooltip("spend:Q", title="Spend", format="$,.2f"),
                alt.Tooltip("allowance:Q", title="Allowance", format="$,.2f"),
                alt.Tooltip("accounts_over:Q", title="Accounts over", format=","),
            ],
        )
    )
    allowance = (
        alt.Chart(datasets.add("allowances", rows, "shown_month", "allowance"), name="allowance")
        .mark_tick(color=INK, thickness=2, orient="horizontal", clip=True, aria=False)
        .encode(x=month, y=alt.Y("allowance:Q"))
    )
    return specification(alt.layer(spend, allowance), datasets, height=HEIGHT)


def _used(rows: list[Row]) -> str:
    """How much of the allowance of these months was used, in words; nothing without one."""
    allowed = sum(row["allowance"] or 0 for row in rows)
    share = 100 * sum(row["spend"] for row in rows) / allowed if allowed else None
    return "" if share is None else f", {share:,.1f} percent of the allowance"


def section(published: Published) -> Section:
    """The section on spending."""
    rows = published.rows(MONTHLY, months=MONTHS, types=TYPES)
    totals = published.row(TOTALS)
    by_type: dict[str, list[Row]] = {}
    for row in rows:
        by_type.setdefault(row["benefit_type"], []).append(row)
    left_out = []
    if len(by_type) < totals["types"]:
        left_out.append(
            f"{len(by_type)} of {totals['types']:,} benefit types are shown, those with the"
            " highest spend."
        )
    if totals["months"] > MONTHS:
        left_out.append(f"The newest {MONTHS} of {totals['months']:,} months are shown.")
    if left_out:
        left_out.append("All are in marts.account_utilization.")
    empty = Chart("spend", "Spend and allowance", "", None, "No account has a month to show yet.")
    month = as_text(totals["newest"], "month") if totals["newest"] else "the newest month"
    return Section(
        key="spending",
        title="Spend against allowance",
        figure=f"{totals['over_now']:,}",
        figure_label=f"of {totals['accounts_now']:,} accounts over their allowance in {month}",
        reading="A bar is what all accounts of a benefit type spent in a month. The orange part is"
        " what accounts spent beyond their own allowance. The scale is that of the spending; the"
        " black line is the allowance of all these accounts together, where it is near the bars."
        " The share of it that was used stands above the chart.",
        left_out=" ".join(left_out),
        relations=["marts.account_utilization"],
        charts=[
            Chart(
                key=f"spend-{place}",
                title=f"{benefit_type}: spend by month{_used(months)}",
                alternative=f"Monthly spend on {benefit_type} against allowance:"
                f" {len(months)} months, {us_money(sum(row['spend'] for row in months))} spent,"
                f" {us_money(sum(row['above'] for row in months))} of them above an account's"
                " allowance.",
                spec=_drawn(months),
                empty="",
            )
            for place, (benefit_type, months) in enumerate(by_type.items(), start=1)
        ]
        or [empty],
        tables=[Table("spend-table", "Months", COLUMNS, rows)],
    )
