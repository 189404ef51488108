"""What needs attention: the findings as a list to search, with evidence; the newest, the worst."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import altair as alt

from benefits_warehouse.dashboard.drawing import (
    BLUE,
    PLUM,
    Datasets,
    plain,
    run_lines,
    specification,
)
from benefits_warehouse.dashboard.published import Published, Row, shown
from benefits_warehouse.dashboard.section import (
    Chart,
    Column,
    Table,
    as_text,
    us_date,
    us_money,
)

RELATIONS = ("marts.findings", "marts.finding_events")
SEVERITIES = ("Critical", "High", "Medium", "Low")
NEW = ("new", "reopened")
OPEN = (*NEW, "open")
SET_ASIDE = ("accepted", "snoozed")
FIRST = 7  # findings in each list of the first screen
LISTED = 20_000  # findings on the page
EVIDENCE_OF = 500  # open findings whose rows are on the page
EVIDENCE_ROWS = 20  # of a finding
LONGEST = 1000  # characters of a sentence
CONDITION = "evidence_filter"  # stays as it is published until it was run
DAYS = 366  # of the trend
HEIGHT = 190

# Columns of the list and of its CSV, read by name; one that an edition lacks stays empty.
COLUMNS = (
    "finding_id",
    "severity",
    "status",
    "kind",
    "company_ein",
    "company_name",
    "subject",
    "summary",
    "money_at_stake",
    "period_start",
    "period_end",
    "first_found_at",
    "last_found_at",
    "resolved_at",
    "days_open",
    "decision",
    "decided_by",
    "decided_until",
    "decision_note",
    "next_step",
    "contact",
    "evidence_relation",
    "evidence_filter",
)
# What evidence has beside what it says: keys of loads and runs, and what the finding says itself.
UNSAID = ("company_ein", "company_name", "row_id", "load_id", "run_id", "content_hash")

# Open ones first, of these the worst; then what was set aside, and what was resolved last.
FINDINGS = """
select * from marts.findings
order by
    case when list_contains($open, status) then 0 when status = 'resolved' then 2 else 1 end,
    coalesce(list_position($severities, severity), 99),
    money_at_stake desc nulls last,
    first_found_at desc,
    finding_id
"""

# A finding that is open after a run adds one from its day on; one that is not, takes it off again.
TREND = """
with states as (
    select
        finding_id,
        happened_at,
        list_contains($open, any_value(status)) as is_open,
        is_open and any_value(severity) in ('Critical', 'High') as is_grave
    from marts.finding_events
    group by finding_id, happened_at
),
changes as (
    select
        happened_at::date as day,
        is_open::int - coalesce(lag(is_open::int) over of_finding, 0) as opened,
        is_grave::int - coalesce(lag(is_grave::int) over of_finding, 0) as grave
    from states
    window of_finding as (partition by finding_id order by happened_at)
    union all
    select started_at::date as day, 0 as opened, 0 as grave
    from ops.run_history
    where status = 'success' and started_at >= (select min(happened_at) from states)
),
days as (
    select day, sum(opened) as opened, sum(grave) as grave
    from changes
    group by day
)
select
    day,
    (sum(opened) over (order by day))::bigint as open_findings,
    (sum(grave) over (order by day))::bigint as grave_findings
from days
order by day desc
limit $days
"""
TREND_COLUMNS = [
    Column("day", "Day of the run", "date"),
    Column("open_findings", "Open", "count"),
    Column("grave_findings", "Critical and High", "count"),
]
SERIES = {"all open": (BLUE, "open_findings"), "Critical and High": (PLUM, "grave_findings")}


def known(published: Published) -> list[Row] | None:
    """The findings, the worst open ones first; None in a database of an edition without them."""
    if not all(published.has(relation) for relation in RELATIONS):
        return None
    rows = published.rows(FINDINGS, raw=True, open=list(OPEN), severities=list(SEVERITIES))
    return [
        {
            name: row.get(name) if name == CONDITION else shown(row.get(name), LONGEST)
            for name in COLUMNS
        }
        for row in rows
    ]


def total(rows: Sequence[Row]) -> Decimal:
    """US dollars at stake in these findings together."""
    return sum((row["money_at_stake"] or Decimal(0) for row in rows), Decimal(0))


def kind_title(kind: str) -> str:
    """A kind in words, such as Coverage gap."""
    return kind.replace("_", " ").capitalize()


def trend(published: Published) -> tuple[Chart, Table]:
    """Open findings by day of the run, as lines and as numbers."""
    rows = published.rows(TREND, open=list(OPEN), days=DAYS)[::-1]
    drawn = [
        {
            "day": row["day"],
            "series": series,
            "findings": row[column],
            "words": f"{us_date(row['day'])}: {row[column]:,} {series}",
        }
        for row in rows
        for series, (_, column) in SERIES.items()
    ]
    most = max((row["open_findings"] for row in rows), default=0) or 1
    datasets = Datasets()
    data = datasets.add("days", drawn, "day", "series", "findings", "words")
    chart = run_lines(
        data,
        name="found",
        time=alt.X(
            "day:T",
            title="Day of the run",
            scale=alt.Scale(type="utc", padding=12),
            axis=alt.Axis(format="%b %-d, %Y", labelOverlap="greedy", tickCount=4),
        ),
        value=alt.Y(
            "findings:Q",
            title="Open findings",
            scale=alt.Scale(zero=True),
            axis=alt.Axis(format=",d", tickCount=min(4, most)),
        ),
        series="series",
        colours_of={series: colour for series, (colour, _) in SERIES.items()},
        tooltip=[alt.Tooltip("words:N", title="Open findings")],
        interpolate="step-after",
    )
    newest = f" On {drawn[-2]['words']}, {rows[-1]['grave_findings']:,} of them" if rows else ""
    return (
        Chart(
            key="open-findings",
            title="Open findings, run by run",
            alternative=f"Lines of open findings on {len(rows)} days with runs.{newest} Critical"
            " or High.",
            spec=specification(chart, datasets, height=HEIGHT) if rows else None,
            empty="No run has found anything yet.",
        ),
        Table("open-findings-table", "Open findings by day", TREND_COLUMNS, rows),
    )


def first_screen(rows: Sequence[Row]) -> dict[str, Any]:
    """What needs attention today: figures, the newest and the worst findings.

    Args:
        rows: from known().
    """
    is_open = [row for row in rows if row["status"] in OPEN]
    new = [row for row in is_open if row["status"] in NEW]
    others = [row for row in is_open if row not in new[:FIRST]]
    counts = [
        {
            "severity": severity,
            "open": len(of),
            "new": sum(row["status"] in NEW for row in of),
            "money": us_money(total(of)),
        }
        for severity in SEVERITIES
        for of in [[row for row in is_open if row["severity"] == severity]]
    ]
    grave = " and ".join(f"{count['open']:,} {count['severity']}" for count in counts[:2])
    aside = sum(row["status"] in SET_ASIDE for row in rows)
    resolved = sum(row["status"] == "resolved" for row in rows)
    return {
        "tiles": [
            ("new", "New", f"{len(new):,}", f"found or back in the last run; {_at_stake(new)}"),
            ("open", "Open", f"{len(is_open):,}", f"{grave} among them"),
            ("money", "At stake", us_money(total(is_open)), "in open findings, where known"),
            ("done", "Settled", f"{resolved:,}", f"resolved; {aside:,} accepted or snoozed"),
        ],
        "counts": counts,
        "lists": [
            ("New in the last run", "new", new[:FIRST], len(new)),
            ("Also open, worst first", "open", others[:FIRST], len(others)),
        ],
    }


def _at_stake(rows: Sequence[Row]) -> str:
    return f"{us_money(total(rows))} at stake"


def _kind_of(name: str, values: Sequence[Any]) -> str:
    """How a column of evidence is written, by its name and its values."""
    value = next((value for value in values if value is not None), None)
    match value:
        case bool():
            return "yes"
        case int():
            return "text" if name.endswith(("_row", "_rank", "tier")) else "count"
        case Decimal() | float():
            is_share = any(word in name for word in ("pct", "share", "credib", "complete"))
            return "number" if is_share or isinstance(value, float) else "money"
        case dt.datetime():
            return "time"
        case dt.date():
            return "date"
        case _:
            return "text"


def title_of(name: str) -> str:
    """A column's name as a heading, such as Company EIN."""
    words = name.replace("_", " ")
    return (words[:1].upper() + words[1:]).replace("ein", "EIN").replace(" pct", " percent")


def evidence(published: Published, rows: Sequence[Row]) -> dict[str, Any]:
    """The rows that show the worst open findings, as text and without empty columns.

    Args:
        published: the warehouse.
        rows: from known().
    """
    told = {}
    for row in [row for row in rows if row["status"] in OPEN][:EVIDENCE_OF]:
        found = published.evidence(row["evidence_relation"], row["evidence_filter"], EVIDENCE_ROWS)
        if found is None:
            continue
        shown, count = found
        names = [
            name
            for name in (shown[0] if shown else ())
            if name not in UNSAID and any(each[name] is not None for each in shown)
        ]
        kinds = [_kind_of(name, [each[name] for each in shown]) for name in names]
        told[row["finding_id"]] = {
            "columns": [[title_of(name), kind] for name, kind in zip(names, kinds, strict=True)],
            "rows": [
                [as_text(each[name], kind) for name, kind in zip(names, kinds, strict=True)]
                for each in shown
            ],
            "count": count,
        }
    return told


def left_out(rows: Sequence[Row], told: dict[str, Any]) -> str:
    """Which findings and which rows of theirs are not on the page, in words.

    Args:
        rows: from known().
        told: from evidence().
    """
    said = []
    if len(rows) > LISTED:
        said.append(
            f"The first {LISTED:,} of {len(rows):,} findings are listed; all are in marts.findings."
        )
    count = sum(row["status"] in OPEN for row in rows)
    if len(told) < count:
        said.append(
            f"The page holds the rows of {len(told):,} of {count:,} open findings, the worst ones."
        )
    cut = sum(len(one["rows"]) < one["count"] for one in told.values())
    if cut:
        said.append(f"Of {cut:,} of them it holds the first {EVIDENCE_ROWS} rows.")
    return " ".join(said)


def payload(rows: Sequence[Row], told: dict[str, Any]) -> dict[str, Any]:
    """The list as JSON can hold it: a text that many findings share stands there once.

    Args:
        rows: from known().
        told: from evidence().
    """
    texts: dict[str, int] = {}
    shared = [
        name
        for name in COLUMNS
        if name in {"severity", "status", "kind", "next_step", "contact", "evidence_relation"}
        or name.startswith(("company", "decision", "decided_by"))
    ]

    def written(name: str, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return f"{value:%Y-%m-%dT%H:%MZ}"
        if value is not None and name in shared:
            return texts.setdefault(str(value), len(texts))
        return plain(shown(value, LONGEST))

    return {
        "columns": COLUMNS,
        "shared": shared,
        "rows": [[written(name, row[name]) for name in COLUMNS] for row in rows[:LISTED]],
        "texts": list(texts),
        "kinds": {kind: kind_title(kind) for kind in sorted({row["kind"] for row in rows})},
        "open": OPEN,
        "evidence": told,
        "evidenceOf": EVIDENCE_OF,
    }
