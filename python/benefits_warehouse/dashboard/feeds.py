"""Feeds and files with their last arrival, and the runs that took them in."""

from __future__ import annotations

from collections.abc import Sequence

from benefits_warehouse.dashboard.published import Published, Row
from benefits_warehouse.dashboard.section import Column, Section, Table

FILES = 50
RUNS = 30

FEEDS = """
with arrivals as (
    select
        source,
        feed,
        count(*) filter (where status = 'loaded') as files,
        max(loaded_at) filter (where status = 'loaded') as arrived_at,
        arg_max(file, loaded_at) filter (where status = 'loaded') as file,
        count(*) filter (where status = 'refused') as refused
    from ops.loaded_files
    group by source, feed
)
select
    concat_ws('.', source, feed) as feed,
    coalesce(arrivals.arrived_at, watermarks.last_loaded_at) as arrived_at,
    arrivals.file,
    watermarks.max_last_updated as updated_at,
    watermarks.rows_total,
    coalesce(arrivals.files, 0) as files,
    coalesce(arrivals.refused, 0) as refused
from ops.watermarks as watermarks
full join arrivals using (source, feed)
order by arrived_at nulls first, feed
"""

NEWEST = """
select
    concat_ws('.', source, feed) as feed,
    file,
    status,
    loaded_at,
    rows,
    rejected,
    reason,
    count(*) over () as files
from ops.loaded_files
order by loaded_at desc nulls last, feed, file
limit $files
"""

HISTORY = """
select *, count(*) over () as runs
from ops.run_history
order by started_at desc, run_id
limit $runs
"""

FEED_COLUMNS = [
    Column("feed", "Feed"),
    Column("state", "State"),
    Column("arrived_at", "Last arrival (UTC)", "time"),
    Column("file", "Last file"),
    Column("updated_at", "Newest change in it", "time"),
    Column("rows_total", "Rows", "count"),
    Column("files", "Files", "count"),
    Column("refused", "Refused", "count"),
]
FILE_COLUMNS = [
    Column("feed", "Feed"),
    Column("file", "File"),
    Column("status", "Status"),
    Column("loaded_at", "Arrived (UTC)", "time"),
    Column("rows", "Rows", "count"),
    Column("rejected", "Rejected", "count"),
    Column("reason", "Reason"),
]
RUN_COLUMNS = [
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


def section(published: Published, open_findings: Sequence[Row]) -> Section:
    """The section on feeds.

    Args:
        published: the warehouse.
        open_findings: among them what is said about feeds.
    """
    feeds = published.rows(FEEDS)
    files = published.rows(NEWEST, files=FILES)
    late = {row["subject"] for row in open_findings if row["kind"] == "feed_overdue"}
    for row in feeds:
        row["state"] = "! overdue" if row["feed"] in late else "in time"
        if row["arrived_at"] is None:
            row["state"] = "! never arrived"
    overdue = sum(row["state"] != "in time" for row in feeds)
    runs = published.rows(HISTORY, runs=RUNS)
    counts = {"files": files[0]["files"] if files else 0, "runs": runs[0]["runs"] if runs else 0}
    left_out = [
        f"The newest {len(rows)} of {counts[name]:,} {name} are shown; all are in {relation}."
        for name, rows, relation in (
            ("files", files, "ops.loaded_files"),
            ("runs", runs, "ops.run_history"),
        )
        if len(rows) < counts[name]
    ]
    return Section(
        key="feeds",
        title="Feeds, files and runs",
        figure=f"{overdue:,}",
        figure_label=f"of {len(feeds):,} feeds overdue or never arrived;"
        f" {counts['files']:,} files looked at in {counts['runs']:,} runs",
        reading="When each feed brought something last, the longest ago first, the newest files"
        " and the newest runs. A feed is overdue when its last delivery is older than its gate"
        " allows.",
        left_out=" ".join(left_out),
        relations=["ops.watermarks", "ops.loaded_files", "ops.run_history"],
        charts=[],
        tables=[
            Table("feeds-table", "Feeds", FEED_COLUMNS, feeds, is_open=True),
            Table("files-table", "Newest files", FILE_COLUMNS, files),
            Table("runs-table", "Runs", RUN_COLUMNS, runs),
        ],
    )
