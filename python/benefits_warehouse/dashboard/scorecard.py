"""Quality scorecard, and its trend over the runs."""

from __future__ import annotations

from typing import Any

import altair as alt

from benefits_warehouse.dashboard.drawing import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    Datasets,
    bars,
    run_lines,
    specification,
)
from benefits_warehouse.dashboard.published import Published, Row
from benefits_warehouse.dashboard.section import Chart, Column, Section, Table, us_moment

RULES = 30  # with a bar
RUNS = 60  # of the trend
HEIGHT = 240
TIERS = {"1 flagged": SKY, "2 withheld": VERMILION}
FEED_COLOURS = [BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY]

# Every rule now, and its pass rate at the end of the run before the newest one.
SCORECARD = """
with runs as (
    select distinct
        run_id,
        dense_rank() over (order by recorded_at desc, run_id) as place
    from quality.quality_trends
),
before as (
    select
        trends.source,
        trends.feed,
        trends.subject as rule_id,
        trends.value as pass_rate
    from quality.quality_trends as trends
    inner join runs using (run_id)
    where runs.place = 2 and trends.kind = 'rule' and trends.measure = 'pass_rate'
)
select
    scorecard.source,
    scorecard.feed,
    scorecard.rule_id,
    scorecard.tier,
    case scorecard.tier when 1 then '1 flagged' else '2 withheld' end as tier_shown,
    scorecard.rows_failed,
    scorecard.rows_checked,
    100 * scorecard.pass_rate as pass_pct,
    100 * scorecard.rows_failed / nullif(scorecard.rows_checked, 0) as failed_pct,
    100 * (scorecard.pass_rate - before.pass_rate) as change_pct,
    scorecard.description
from quality.dq_scorecard as scorecard
left join before using (source, feed, rule_id)
order by failed_pct desc nulls last, source, feed, rule_rank
"""

# Over all rules of a feed: rows that failed, per 100 rows. A row that fails two rules counts twice.
TREND = """
with runs as (
    select distinct run_id, recorded_at
    from quality.quality_trends
    order by recorded_at desc, run_id
    limit $runs
)
select
    trends.run_id,
    trends.recorded_at,
    trends.source || '.' || trends.feed as feed,
    sum(trends.value) filter (where trends.measure = 'rows_failed')::bigint as errors,
    max(trends.value) filter (where trends.measure = 'rows_checked')::bigint as rows_checked,
    coalesce(100 * errors / nullif(rows_checked, 0), 0) as errors_per_100
from quality.quality_trends as trends
inner join runs using (run_id, recorded_at)
where trends.kind = 'rule'
group by all
order by trends.recorded_at, trends.run_id, feed
"""

RUN_COUNT = "select count(distinct run_id) as runs from quality.quality_trends"

COLUMNS = [
    Column("source", "Source"),
    Column("feed", "Feed"),
    Column("rule_id", "Rule"),
    Column("tier", "Tier", "count"),
    Column("rows_failed", "Rows failed", "count"),
    Column("rows_checked", "Rows checked", "count"),
    Column("pass_pct", "Passed (%)", "percent"),
    Column("change_pct", "Change since the previous run (points)", "signed"),
    Column("description", "What it checks"),
]
TREND_COLUMNS = [
    Column("recorded_at", "Run began (UTC)", "time"),
    Column("feed", "Feed"),
    Column("errors", "Errors", "count"),
    Column("rows_checked", "Rows checked", "count"),
    Column("errors_per_100", "Errors per 100 rows", "number"),
]


def _trend_drawn(rows: list[Row]) -> dict[str, Any]:
    """A line for each feed, a point for each run."""
    feeds = sorted({row["feed"] for row in rows})
    palette = [FEED_COLOURS[place % len(FEED_COLOURS)] for place in range(len(feeds))]
    for row in rows:
        row["began"] = us_moment(row["recorded_at"])
        row["words"] = f"{row['feed']}, {row['began']}: {row['errors_per_100']:.2f} per 100 rows"
    names = [column.name for column in TREND_COLUMNS]
    datasets = Datasets()
    chart = run_lines(
        datasets.add("runs", rows, "began", "words", *names),
        name="trend",
        time=alt.X(
            "recorded_at:T",
            title="Start of the run (UTC)",
            scale=alt.Scale(type="utc", padding=12),
            axis=alt.Axis(format="%b %-d, %H:%M", labelOverlap="greedy", tickCount=6),
        ),
        value=alt.Y(
            "errors_per_100:Q",
            title="Errors per 100 rows",
            scale=alt.Scale(zero=True),
            axis=alt.Axis(tickCount=5),
        ),
        series="feed",
        colours_of=dict(zip(feeds, palette, strict=True)),
        tooltip=[
            alt.Tooltip("feed:N", title="Feed"),
            alt.Tooltip("began:N", title="Run began"),
            alt.Tooltip("errors:Q", title="Errors", format=","),
            alt.Tooltip("rows_checked:Q", title="Rows checked", format=","),
            alt.Tooltip("errors_per_100:Q", title="Errors per 100 rows", format=",.2f"),
        ],
    )
    return specification(chart, datasets, height=HEIGHT)


def section(published: Published) -> Section:
    """The section on quality."""
    rows = published.rows(SCORECARD)
    trend = published.rows(TREND, runs=RUNS)
    runs = published.row(RUN_COUNT)["runs"]
    fired = [row for row in rows if row["rows_failed"]]
    drawn = fired[:RULES]
    sources_of: dict[str, set[str]] = {}
    for row in rows:
        sources_of.setdefault(row["feed"], set()).add(row["source"])
    for row in drawn:
        feed = (
            row["feed"] if len(sources_of[row["feed"]]) == 1 else f"{row['feed']} ({row['source']})"
        )
        row["line"] = f"{feed}: {row['rule_id']}".replace("_", " ")
        row["text"] = f"{row['failed_pct']:.2f}% ({row['rows_failed']:,}) {row['tier_shown'][2:]}"
    left_out = []
    if len(drawn) < len(fired):
        left_out.append(
            f"Bars are drawn for the {len(drawn)} rules with the highest share, of {len(fired)}"
            " that fired. The table shows all."
        )
    if runs > RUNS:
        left_out.append(f"The trend shows the newest {RUNS} of {runs:,} runs.")
    errors = sum(row["rows_failed"] for row in rows)
    return Section(
        key="quality",
        title="Quality scorecard",
        figure=f"{len(fired):,}",
        figure_label=f"of {len(rows):,} rules fired, {errors:,} times in all",
        reading="A bar is the share of a feed's rows that fail a rule, with the number of rows in"
        " parentheses. Tier 1 rows stay in the marts with a flag. Tier 2 rows are withheld. The"
        " trend adds up all rules of a feed after each run. A line that climbs is a feed that gets"
        " worse.",
        left_out=" ".join(left_out),
        relations=["quality.dq_scorecard", "quality.quality_trends"],
        charts=[
            Chart(
                key="rules",
                title="Rules that fired, by share of rows",
                alternative=f"Bars of {len(drawn)} rules that fired"
                + (f"; the first is {drawn[0]['line']}, {drawn[0]['text']}." if drawn else "."),
                spec=bars(
                    drawn,
                    name="rule",
                    line="line",
                    value="failed_pct",
                    line_title="Feed and rule",
                    value_title="Rows that failed (%)",
                    colour=("tier_shown", TIERS),
                    key="Tier",
                    value_format=",~f",
                    text="text",
                    tooltip=[("rows_checked", "Rows checked"), ("description", "What it checks")],
                )
                if drawn
                else None,
                empty="No rule fired: every row passed every rule.",
            ),
            Chart(
                key="trend",
                title="Errors per 100 rows, run by run",
                alternative=f"Lines of errors per 100 rows for each feed over {min(runs, RUNS)}"
                " runs.",
                spec=_trend_drawn(trend) if trend else None,
                empty="No run has written a scorecard yet.",
            ),
        ],
        tables=[
            Table("rules-table", "Rules", COLUMNS, rows),
            Table("trend-table", "Trend", TREND_COLUMNS, trend),
        ],
    )
