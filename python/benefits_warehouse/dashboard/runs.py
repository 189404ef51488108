"""History of the runs."""

from __future__ import annotations

from benefits_warehouse.dashboard.drawing import BLUE, GREY, ORANGE, VERMILION, bars
from benefits_warehouse.dashboard.published import Published
from benefits_warehouse.dashboard.section import Chart, Column, Section, Table

RUNS = 30
STATUSES = {"success": BLUE, "failed": VERMILION, "interrupted": ORANGE, "started": GREY}

HISTORY = """
select *
from ops.run_history
order by started_at desc, run_id
limit $runs
"""

TOTALS = """
select
    count(*) as runs,
    count(*) filter (where status = 'success') as good,
    median(runtime_seconds) filter (where status = 'success') as usual_seconds
from ops.run_history
"""

COLUMNS = [
    Column("started_at", "Start (UTC)", "time"),
    Column("command", "Command"),
    Column("status", "Status"),
    Column("runtime_seconds", "Runtime (s)", "number"),
    Column("rows_in", "Rows in", "count"),
    Column("rows_out", "Rows out", "count"),
    Column("rows_quarantined", "Withheld", "count"),
    Column("validation_errors", "Errors", "count"),
    Column("enriched", "Enriched", "count"),
    Column("enrichment_failed", "Not enriched", "count"),
    Column("is_masked", "Masked", "yes"),
    Column("versions", "Versions"),
    Column("run_id", "Run"),
]


def section(published: Published) -> Section:
    """The section on runs."""
    rows = published.rows(HISTORY, runs=RUNS)
    totals = published.row(TOTALS)
    taken: dict[str, int] = {}
    for row in rows:
        moment = f"{row['started_at']:%Y-%m-%d %H:%M:%S}"
        taken[moment] = taken.get(moment, 0) + 1
        row["line"] = moment if taken[moment] == 1 else f"{moment} ({taken[moment]})"
        row["seconds"] = row["runtime_seconds"] or 0.0
        said = "" if row["runtime_seconds"] is None else f"{row['runtime_seconds']:,.1f} s"
        row["text"] = said if row["status"] == "success" else f"{row['status']} {said}".strip()
    left_out = ""
    if len(rows) < totals["runs"]:
        left_out = (
            f"The newest {len(rows)} of {totals['runs']:,} runs are shown; all are in"
            " ops.run_history."
        )
    usual = totals["usual_seconds"]
    return Section(
        key="runs",
        title="Run history",
        figure=f"{totals['good']:,}",
        figure_label=f"of {totals['runs']:,} runs succeeded"
        + (f"; the median run took {usual:,.0f} s" if usual is not None else ""),
        reading="A bar is how long a run took, the newest on top. A run that did not succeed says"
        " so at the end of its bar. The table shows rows in, rows out and rows withheld.",
        left_out=left_out,
        relations=["ops.run_history"],
        charts=[
            Chart(
                key="runtimes",
                title="Runtime of each run",
                alternative=f"Bars of the runtime of {len(rows)} runs, the newest first.",
                spec=bars(
                    rows,
                    name="run",
                    line="line",
                    value="seconds",
                    line_title="Start (UTC)",
                    value_title="Runtime (s)",
                    colour=("status", STATUSES),
                    key="Status",
                    value_format=",~f",
                    text="text",
                    tooltip=[
                        ("command", "Command"),
                        ("status", "Status"),
                        ("rows_in", "Rows in"),
                        ("rows_out", "Rows out"),
                        ("rows_quarantined", "Withheld"),
                    ],
                )
                if rows
                else None,
                empty="No run is recorded.",
            )
        ],
        tables=[Table("runtimes-table", "Runs", COLUMNS, rows)],
    )
