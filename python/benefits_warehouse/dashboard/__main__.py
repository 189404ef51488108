"""Write the dashboard: `make dashboard`, or `python -m benefits_warehouse.dashboard --help`."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benefits_warehouse.dashboard import (
    claims,
    companies,
    coverage,
    feeds,
    findings,
    roster,
    scorecard,
    spending,
)
from benefits_warehouse.dashboard.page import page
from benefits_warehouse.dashboard.published import NotPublished, Published
from benefits_warehouse.dashboard.section import NOTHING, as_text, us_moment
from benefits_warehouse.whole_files import PRIVATE_FILE, write_text

# as_of_date is no published column: it is the last day of every company's cost windows and, without
# claims, the day to which open gaps are counted.
HEAD = """
select
    coalesce(
        (select max(window_end) from marts.claims_cost_windows),
        (
            select max(gap_start + gap_length_days::integer - 1)
            from marts.plan_gaps
            where gap_end is null
        )
    ) as as_of,
    (select max(month) from marts.account_utilization) as month
"""

NEWEST_RUN = """
select run_id, command, finished_at
from ops.run_history
where status = 'success' and command <> 'seed'
order by started_at desc, run_id
limit 1
"""


# Each table notes how it was written, see the macro write_stamp.
IS_MASKED = """
select count(*) = 0 as is_masked from duckdb_tables() where comment like '%|masked=false%'
"""


def dashboard(published: Published, is_masked: bool, written: dt.datetime) -> str:
    """The page of a published warehouse.

    Args:
        published: analytics.duckdb.
        is_masked: it holds no clear value of a person.
        written: the present moment in UTC, for the head of the page.

    Raises:
        NotPublished: when it lacks relations.
    """
    head = published.row(HEAD)
    newest: dict[str, Any] = next(iter(published.rows(NEWEST_RUN)), {})
    rows = findings.known(published)
    is_open = [row for row in rows or [] if row["status"] in findings.OPEN]
    spikes = claims.section(published, head["as_of"])
    choice = spikes.charts[0].choice
    charted = companies.chosen(is_open, [ein for ein, _ in choice.options] if choice else [])
    data = {"companies": companies.data(published, head["as_of"], charted)}
    charts = companies.drawings()
    attention = None
    if rows is not None:
        told = findings.evidence(published, rows)
        data["findings"] = findings.payload(rows, told)
        chart, table = findings.trend(published)
        attention = {
            **findings.first_screen(rows),
            "trend": chart,
            "trend_table": table,
            "left_out": findings.left_out(rows, told),
        }
        charts.append(chart)
    sections = [
        feeds.section(published, is_open),
        coverage.section(published, head["as_of"]),
        spikes,
        roster.section(published),
        spending.section(published),
        scorecard.section(published),
    ]
    facts = {
        "as_of": head["as_of"] and as_text(head["as_of"], "date"),
        "month": head["month"] and as_text(head["month"], "month"),
        "run": f"{newest['run_id']} ({newest['command']})" if newest else NOTHING,
        "run_ended": us_moment(newest.get("finished_at")),
        "written": us_moment(written),
        "is_masked": is_masked,
    }
    return page(sections, facts, attention, charts, data)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; returns 2 with a message if that fails."""
    folder = os.environ.get("BENEFITS_DB_DIR") or "warehouse"
    parser = argparse.ArgumentParser(prog="make dashboard", description=__doc__)
    parser.add_argument("--database", type=Path, default=Path(folder) / "analytics.duckdb")
    parser.add_argument("--output", type=Path, default=Path("outputs/dashboard.html"))
    options = parser.parse_args(arguments)
    try:
        with Published(options.database) as published:
            is_masked = published.row(IS_MASKED)["is_masked"]
            text = dashboard(published, is_masked, dt.datetime.now(dt.UTC))
        options.output.parent.mkdir(parents=True, exist_ok=True)
        write_text(options.output, text, None if is_masked else PRIVATE_FILE, mark=os.getpid())
    except (NotPublished, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{options.output}: {len(text.encode()) / 1e6:.1f} MB; open it in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
