"""What the page of a company shows: its head count, its time line and its cost curve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from benefits_warehouse.dashboard import claims, coverage
from benefits_warehouse.dashboard.drawing import Datasets, columnar
from benefits_warehouse.dashboard.published import Published, Row
from benefits_warehouse.dashboard.section import Chart

CHARTED = 100  # companies with a chart

COMPANIES = """
select
    companies.company_ein,
    coalesce(companies.company_name, companies.company_ein) as company_name,
    roster.expected,
    roster.observed,
    roster.severity
from marts.dim_companies as companies
left join marts.roster_mismatch as roster using (company_ein)
order by company_name, companies.company_ein
"""
COLUMNS = ("company_ein", "company_name", "expected", "observed", "severity")


def chosen(findings: Sequence[Row], others: Sequence[str]) -> list[str]:
    """EINs of the companies with charts: those with the worst findings, then these others."""
    worst = [row["company_ein"] for row in findings if row["company_ein"]]
    least = max(0, CHARTED - len(others))  # those that the section on spikes needs come too
    return list(dict.fromkeys([*list(dict.fromkeys(worst))[:least], *others]))


def drawings() -> list[Chart]:
    """The charts without data, for the page to add those of a company."""
    return [
        Chart(
            "company-gaps",
            "Time without coverage, by plan type",
            "Time line of the company's coverage and of the gaps in it.",
            coverage.time_line(Datasets(), [], []),
            "",
        ),
        Chart(
            "company-costs",
            "Claim cost of the window, and spike events",
            "Curve of the company's claim cost, with spike events shaded.",
            claims.cost_curve(),
            "",
        ),
    ]


def data(published: Published, as_of: dt.date | None, eins: Sequence[str]) -> dict[str, Any]:
    """All companies, and the data of the charts of some of them.

    Args:
        published: the warehouse.
        as_of: as_of_date of benefits_admin; None where there is nothing to draw.
        eins: companies with charts, from chosen().
    """
    today = as_of or dt.date(2000, 1, 1)
    gaps, covered = coverage.stretches(published, today, eins, lines=100 * CHARTED)
    days, spikes = claims.curves_of(published, today, eins)
    of: dict[str, dict[str, list[Row]]] = {}
    for name, rows in {"gaps": gaps, "coverage": covered, "days": days, "spikes": spikes}.items():
        for row in rows:
            of.setdefault(row["company_ein"], {}).setdefault(name, []).append(row)
    needed = {
        "gaps": coverage.GAPS_DRAWN,
        "coverage": coverage.COVERAGE_DRAWN,
        "days": claims.DAYS_DRAWN,
        "spikes": claims.EVENTS_DRAWN,
    }
    companies = published.rows(COMPANIES)
    return {
        "columns": COLUMNS,
        "rows": [[row[name] for name in COLUMNS] for row in companies],
        "asOf": today.isoformat(),
        "charts": {
            ein: {name: columnar(rows.get(name, []), columns) for name, columns in needed.items()}
            for ein, rows in of.items()
        },
    }
