"""`make findings`: the list of findings, filtered, as text.

    python -m benefits_warehouse.findings [company] [kind] [status]

Without a status, what is due: new, open and reopened ones. A company is named by its EIN or by a
part of its name. Read from the published file; builds are not disturbed.
"""

from __future__ import annotations

import difflib
import os
import sys
import textwrap
from pathlib import Path

import duckdb

from benefits_warehouse.runtime.lake import is_lake, open_published

DUE = ("new", "open", "reopened")
STATUSES = (*DUE, "accepted", "snoozed", "resolved")
QUERY = """
    select
        finding_id, severity, status, days_open, money_at_stake, summary, next_step, contact,
        decided_by
    from marts.findings
    where
        ($company = '' or company_ein = $company
            or contains(lower(company_name), lower($company)))
        and ($kind = '' or kind = $kind)
        and list_contains($statuses, status)
    order by
        list_position(['Critical', 'High', 'Medium', 'Low'], severity),
        money_at_stake desc nulls last, finding_id
"""


def wrong_word(what: str, given: str, known: list[str]) -> str:
    """The message for a word that is none of the known ones."""
    near = difflib.get_close_matches(given, known, 1)
    nearest = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
    return f"There is no {what} {given}{nearest}"


def listed(database: Path, company: str, kind: str, status: str) -> list[str]:
    """The lines of the list.

    Args:
        database: the published file.
        company: EIN or part of the name; empty for all.
        kind: kind of the findings; empty for all.
        status: one of STATUSES, all, or empty for what is due.

    Raises:
        RuntimeError: there is no such file, no findings in it, or no such kind or status.
    """
    if not database.is_file() and not is_lake(database.parent):
        raise RuntimeError(f"There is no {database}: run dbt build first")
    if status not in (*STATUSES, "all", ""):
        raise RuntimeError(wrong_word("status", status, [*STATUSES, "all"]))
    statuses = {"": DUE, "all": STATUSES}.get(status, (status,))
    with open_published(database) as connection:
        try:
            found = connection.execute("select distinct kind from marts.findings").fetchall()
        except duckdb.CatalogException:
            raise RuntimeError(f"{database} has no findings yet: run dbt build") from None
        kinds = sorted(row[0] for row in found)
        if kind and kind not in kinds:
            raise RuntimeError(wrong_word("finding of kind", kind, kinds))
        rows = connection.execute(
            QUERY, {"company": company, "kind": kind, "statuses": list(statuses)}
        ).fetchall()
    lines = []
    for number, severity, state, days, money, summary, step, contact, who in rows:
        amount = f"${money:,.2f}" if money is not None else ""
        lines.append(f"{number}  {severity:<8}  {state:<8}  {days:>5,} d  {amount:>16}  {summary}")
        whom = f" Call: {contact}." if contact else ""
        given = f" Decided by {who}." if who else ""
        lines += textwrap.wrap(
            f"{step}{whom}{given}", 96, initial_indent=" " * 4, subsequent_indent=" " * 4
        )
    thing = "finding" if len(rows) == 1 else "findings"
    return [*lines, f"{len(rows):,} {thing}, {status or 'new, open or reopened'}."]


def main(arguments: list[str]) -> int:
    """Print the list.

    Args:
        arguments: company, kind and status, each may be empty.

    Returns:
        The exit code: 0 when it is printed, 2 with a message when it can't be.
    """
    company, kind, status = (*arguments, "", "", "")[:3]
    database = Path(os.environ.get("BENEFITS_DB_DIR") or "warehouse") / "analytics.duckdb"
    try:
        print("\n".join(listed(database, company.strip(), kind.strip(), status.strip())))
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
