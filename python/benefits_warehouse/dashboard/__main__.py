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
    coverage,
    quarantine,
    roster,
    runs,
    scorecard,
    spending,
)
from benefits_warehouse.dashboard.page import NOTHING, moment, page
from benefits_warehouse.dashboard.published import NotPublished, Published
from benefits_warehouse.whole_files import write_text

# as_of_date is no published column: it is the last day of every company's cost windows and, without
# claims, the day to which open gaps are counted.
HEAD = """
select
    coalesce(
        (select max(window_end) from marts.claims_cost_windows),
        (
            select max(gap_start + gap_length_days::integer - 1)
            from marts.plan_gaps
            where gap_type = 'trailing'
        )
    ) as as_of,
    (select max(month) from marts.account_utilization) as month
"""

NEWEST_RUN = """
select run_id, command, finished_at, is_masked
from ops.run_history
where status = 'success' and command <> 'seed'
order by started_at desc, run_id
limit 1
"""


def dashboard(database: Path, written: dt.datetime) -> str:
    """The page of a published warehouse.

    Args:
        database: analytics.duckdb.
        written: the present moment in UTC, for the head of the page.

    Raises:
        NotPublished: when there is no such warehouse, or it lacks relations.
    """
    published = Published(database)
    head = published.row(HEAD)
    newest: dict[str, Any] = next(iter(published.rows(NEWEST_RUN)), {})
    sections = [
        coverage.section(published, head["as_of"]),
        claims.section(published, head["as_of"]),
        roster.section(published),
        spending.section(published),
        scorecard.section(published),
        quarantine.section(published),
        runs.section(published),
    ]
    facts = {
        "as_of": head["as_of"] and f"{head['as_of']:%Y-%m-%d}",
        "month": head["month"] and f"{head['month']:%Y-%m}",
        "run": f"{newest['run_id']} ({newest['command']})" if newest else NOTHING,
        "run_ended": moment(newest.get("finished_at")),
        "written": moment(written),
        "is_masked": newest.get("is_masked") is True,
    }
    return page(sections, facts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; returns 2 with a message if that fails."""
    folder = os.environ.get("BENEFITS_DB_DIR") or "warehouse"
    parser = argparse.ArgumentParser(prog="make dashboard", description=__doc__)
    parser.add_argument("--database", type=Path, default=Path(folder) / "analytics.duckdb")
    parser.add_argument("--output", type=Path, default=Path("outputs/dashboard.html"))
    options = parser.parse_args(arguments)
    try:
        text = dashboard(options.database, dt.datetime.now(dt.UTC))
        options.output.parent.mkdir(parents=True, exist_ok=True)
        write_text(options.output, text, mark=os.getpid())
    except (NotPublished, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{options.output}: {len(text.encode()) / 1e6:.1f} MB; open it in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
