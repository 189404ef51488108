"""Spike events over the curve of claim cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import altair as alt

from benefits_warehouse.dashboard.drawing import (
    BLUE,
    GREY,
    ORANGE,
    VERMILION,
    Datasets,
    colours,
    day_axis,
    specification,
)
from benefits_warehouse.dashboard.published import Published, Row, name_apart
from benefits_warehouse.dashboard.section import Chart, Choice, Column, Section, Table, us_date

COMPANIES = 40  # that can be chosen
DAYS = 1096  # of the curves, up to as_of_date: three years
HEIGHT = 300
DAY = "Last day of the current window"
WINDOWS = {"current window": BLUE, "window before": GREY}

# Companies with the steepest spike first, then those with the highest present cost.
CHOSEN = """
with newest as (
    select company_ein, current_90d_cost as cost_now
    from marts.claims_cost_windows
    where window_end = (select max(window_end) from marts.claims_cost_windows)
),
spikes as (
    select
        company_ein,
        max(pct_change) as steepest,
        count(*) as events
    from marts.claims_cost_spikes
    where last_flagged_on > $first
    group by company_ein
)
select
    newest.company_ein,
    coalesce(companies.company_name, newest.company_ein) as company_name,
    coalesce(spikes.events, 0) as events
from newest
left join spikes using (company_ein)
left join marts.dim_companies as companies using (company_ein)
order by spikes.steepest desc nulls last, newest.cost_now desc, newest.company_ein
limit $companies
"""

TOTALS = """
select
    (select count(*) from marts.claims_cost_spikes) as events,
    (select count(distinct company_ein) from marts.claims_cost_spikes) as with_events,
    (select count(distinct company_ein) from marts.claims_cost_windows) as companies,
    (select count(*) from marts.claims_cost_spikes where last_flagged_on >= $as_of) as ongoing,
    (select max(window_end - window_start + 1) from marts.claims_cost_windows) as days
"""

# Days on which a cost changes, and the last one: between them the curve is flat.
CURVES = """
select
    company_ein,
    window_end as day,
    current_90d_cost as current_cost,
    case when status <> 'insufficient_history' then prev_90d_cost end as previous_cost
from marts.claims_cost_windows
where window_end > $first and list_contains($companies, company_ein)
window by_day as (partition by company_ein order by window_end)
qualify
    row_number() over by_day = 1
    or lead(window_end) over by_day is null
    or (current_cost, previous_cost) is distinct from (
        lag(current_cost) over by_day,
        lag(previous_cost) over by_day
    )
order by company_ein, day
"""

EVENTS = """
select * from marts.claims_cost_spikes
where last_flagged_on > $first and list_contains($companies, company_ein)
order by pct_change desc, company_ein, first_flagged_on
"""

COLUMNS = [
    Column("label", "Company"),
    Column("company_ein", "EIN"),
    Column("first_flagged_on", "First flagged", "date"),
    Column("last_flagged_on", "Last flagged", "date"),
    Column("window_end", "Peak day", "date"),
    Column("prev_90d_cost", "Window before", "money"),
    Column("current_90d_cost", "Current window", "money"),
    Column("pct_change", "Growth (%)", "percent"),
    Column("claims_prev", "Claims before", "count"),
    Column("claims_current", "Claims current", "count"),
    Column("frequency_effect", "More claims", "money"),
    Column("severity_effect", "Higher cost per claim", "money"),
    Column("top_claim_share", "Largest claim (share)", "number"),
]

# What the curve needs of each row.
DAYS_SHOWN = {
    "first_day": "first_flagged_on",
    "last_day": "last_flagged_on",
    "peak_day": "window_end",
}
EVENTS_DRAWN = ["until", "words", *DAYS_SHOWN] + [column.name for column in COLUMNS]
DAYS_DRAWN = ["day", "shown_day", "current_cost", "previous_cost"]


def cost_curve() -> dict[str, Any]:
    """Two stepped curves of a company, its events as bands, their peaks as diamonds.

    The page adds the data of the company: days and spikes, see curves_of.
    """
    about = [
        alt.Tooltip("label:N", title="Company"),
        alt.Tooltip("company_ein:N", title="EIN"),
        alt.Tooltip("first_day:N", title="First flagged"),
        alt.Tooltip("last_day:N", title="Last flagged"),
        alt.Tooltip("peak_day:N", title="Peak day"),
        alt.Tooltip("prev_90d_cost:Q", title="Window before", format="$,.2f"),
        alt.Tooltip("current_90d_cost:Q", title="Current window", format="$,.2f"),
        alt.Tooltip("pct_change:Q", title="Growth (%)", format=",.2f"),
        alt.Tooltip("frequency_effect:Q", title="More claims", format="$,.2f"),
        alt.Tooltip("severity_effect:Q", title="Higher cost per claim", format="$,.2f"),
    ]
    days, spikes = alt.NamedData("days"), alt.NamedData("spikes")
    bands = (
        alt.Chart(spikes, name="spike")
        .mark_rect(color=ORANGE, opacity=0.3, stroke=ORANGE, strokeWidth=1.5)
        .encode(
            x=day_axis("first_flagged_on", DAY), x2="until:T", tooltip=about, description="words:N"
        )
    )
    cost = alt.Y(
        "cost:Q",
        title="Cost of the window",
        scale=alt.Scale(padding=12, nice=False),
        axis=alt.Axis(format="$,~f", tickCount=6),
    )
    lines = (
        alt.Chart(days, name="curve")
        .transform_calculate(**{"current window": "datum.current_cost"})
        .transform_calculate(**{"window before": "datum.previous_cost"})
        .transform_fold(list(WINDOWS), as_=["window", "cost"])
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=day_axis("day", DAY),
            y=cost,
            color=colours("window", None, WINDOWS, symbolType="stroke"),
            strokeDash=alt.StrokeDash(
                "window:N",
                scale=alt.Scale(domain=list(WINDOWS), range=[[1, 0], [5, 3]]),
                legend=None,
            ),
        )
    )
    near = alt.selection_point(
        name="near",
        nearest=True,
        on="pointermove",
        clear="pointerout",
        empty=False,
        fields=["day"],
    )
    hover = (
        alt.Chart(days, name="hover")
        .mark_point(filled=True, size=45, color=BLUE, aria=False)
        .encode(
            x=day_axis("day", DAY),
            y=alt.Y("current_cost:Q"),
            opacity=alt.condition(near, alt.value(1), alt.value(0)),
            tooltip=[
                alt.Tooltip("shown_day:N", title="From"),
                alt.Tooltip("current_cost:Q", title="Current window", format="$,.2f"),
                alt.Tooltip("previous_cost:Q", title="Window before", format="$,.2f"),
            ],
        )
        .add_params(near)
    )
    peaks = (
        alt.Chart(spikes, name="peak")
        .mark_point(shape="diamond", filled=True, size=110, color=VERMILION, opacity=1)
        .encode(
            x=day_axis("window_end", DAY),
            y=alt.Y("current_90d_cost:Q"),
            tooltip=about,
            description="words:N",
        )
    )
    return specification(alt.layer(bands, lines, hover, peaks), Datasets(), height=HEIGHT)


def curves_of(
    published: Published, today: dt.date, companies: Sequence[str]
) -> tuple[list[Row], list[Row]]:
    """Days on which the cost of these companies changes, and their spike events.

    Args:
        published: the warehouse.
        today: last day of the curves.
        companies: EINs.
    """
    first = today - dt.timedelta(days=DAYS)
    days = published.rows(CURVES, first=first, companies=list(companies))
    events = published.rows(EVENTS, first=first, companies=list(companies))
    for day in days:
        day["shown_day"] = us_date(day["day"])
    for event in events:
        event["label"] = event["company_name"] or event["company_ein"]
        event["until"] = event["last_flagged_on"] + dt.timedelta(days=1)
        for column, source in DAYS_SHOWN.items():
            event[column] = us_date(event[source])
        event["words"] = (
            f"{event['label']}: spike from {event['first_day']} to {event['last_day']},"
            f" {event['pct_change']:,.2f} percent on its peak day"
        )
    return days, events


def section(published: Published, as_of: dt.date | None) -> Section:
    """The section on spikes.

    Args:
        published: the warehouse.
        as_of: as_of_date of benefits_admin; None where there is no claim.
    """
    today = as_of or dt.date(2000, 1, 1)
    first = today - dt.timedelta(days=DAYS)
    totals = published.row(TOTALS, as_of=today)
    companies = published.rows(CHOSEN, first=first, companies=COMPANIES)
    name_apart(companies)
    label_of = {row["company_ein"]: row["label"] for row in companies}
    events = published.rows(EVENTS, first=first, companies=list(label_of))
    for row in events:
        row["label"] = label_of[row["company_ein"]]
    left_out = []
    if len(companies) < totals["companies"]:
        left_out.append(
            f"{len(companies)} of {totals['companies']:,} companies can be chosen: those with the"
            " steepest spike, then those with the highest current cost."
        )
    if len(events) < totals["events"]:
        left_out.append(
            f"The table shows {len(events):,} of {totals['events']:,} events: those of these"
            f" companies that lasted beyond {us_date(first)}. All are in marts.claims_cost_spikes."
        )
    days = totals["days"] or 90
    options = [
        (
            row["company_ein"],
            f"{row['label']} ({row['events']} spike{'' if row['events'] == 1 else 's'})",
        )
        for row in companies
    ]
    return Section(
        key="claims",
        title="Claim-cost spikes",
        figure=f"{totals['ongoing']:,}",
        figure_label=f"spike events last to the as-of date, of {totals['events']:,} at"
        f" {totals['with_events']:,} companies",
        reading=f"The solid curve is the claim cost of the {days} days up to a day. The dashed"
        f" curve is the cost of the {days} days before. A shaded band is a spike event: days on"
        " which the first exceeds the second by more than the threshold. The diamond is the peak"
        " day of the event. The table shows the figures of that day.",
        left_out=" ".join(left_out),
        relations=[
            "marts.claims_cost_windows",
            "marts.claims_cost_spikes",
            "marts.dim_companies",
        ],
        charts=[
            Chart(
                key="spikes",
                title=f"Claim cost of {days} days, and spike events",
                alternative=f"Curves of claim cost, with spike events shaded, for one of"
                f" {len(companies)} companies with {len(events)} spike events together.",
                spec=cost_curve() if companies else None,
                empty="There is no claim yet, so there is no cost to follow.",
                choice=Choice("Company", options),
            )
        ],
        tables=[Table("spikes-table", "Spike events", COLUMNS, events)],
    )
