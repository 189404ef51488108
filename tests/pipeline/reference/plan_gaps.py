"""Plan coverage and gaps by sets of days: no interval arithmetic, every day is looked at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .records import Claim, Company, Plan, shown_name


@dataclass(frozen=True, slots=True)
class Island:
    """A maximal run of covered days; last is None where the run never ends."""

    first: int
    last: int | None
    plans: tuple[Plan, ...]


def plan_gaps(
    plans: Iterable[Plan],
    claims: Iterable[Claim],
    companies: dict[str, Company],
    as_of: dt.date,
    min_days: int = 90,
) -> list[dict[str, Any]]:
    """Rows of marts.plan_gaps."""
    claims_of: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.service_date <= as_of:
            claims_of[claim.company_ein, claim.claim_type].append(claim)
    rows = []
    for (company_ein, plan_type), group in sorted(by_company_and_type(plans).items()):
        found = islands(group)
        for before, after in zip(found, [*found[1:], None], strict=True):
            days = uncovered_days(before, after, as_of)
            if len(days) <= min_days:
                continue
            inside = [
                claim
                for claim in claims_of[company_ein, plan_type]
                if claim.service_date.toordinal() in days
            ]
            rows.append(
                {
                    "company_ein": company_ein,
                    "company_name": shown_name(company_ein, companies),
                    "plan_type": plan_type,
                    "gap_type": "internal" if after else "trailing",
                    "gap_start": dt.date.fromordinal(min(days)),
                    "gap_end": dt.date.fromordinal(max(days)) if after else None,
                    "gap_length_days": len(days),
                    "previous_carrier": joined(
                        plan
                        for plan in before.plans
                        if plan.end_date and plan.end_date.toordinal() == before.last
                    ),
                    "next_carrier": joined(
                        plan for plan in after.plans if plan.start_date.toordinal() == after.first
                    )
                    if after
                    else None,
                    "claims_in_gap": len(inside),
                    "claim_cost_in_gap": sum((claim.amount for claim in inside), Decimal(0)),
                }
            )
    return rows


def plan_coverage(plans: Iterable[Plan]) -> list[dict[str, Any]]:
    """Rows of marts.fct_plan_coverage."""
    return [
        {
            "company_ein": company_ein,
            "plan_type": plan_type,
            "coverage_start": dt.date.fromordinal(island.first),
            "coverage_end": None if island.last is None else dt.date.fromordinal(island.last),
            "carriers": joined(island.plans),
            "plan_count": len(island.plans),
        }
        for (company_ein, plan_type), group in sorted(by_company_and_type(plans).items())
        for island in islands(group)
    ]


def by_company_and_type(plans: Iterable[Plan]) -> dict[tuple[str, str], list[Plan]]:
    groups: dict[tuple[str, str], list[Plan]] = defaultdict(list)
    for plan in plans:
        groups[plan.company_ein, plan.plan_type].append(plan)
    return groups


def islands(plans: list[Plan]) -> list[Island]:
    """Walk the calendar from the first covered day to one day past every date that is known.

    An open plan covers that last day too, and nothing else can: a run that holds it never ends.
    """
    dates = [plan.start_date for plan in plans]
    dates += [plan.end_date for plan in plans if plan.end_date and not plan.is_open]
    beyond = max(dates).toordinal() + 1
    covered: set[int] = set()
    for plan in plans:
        last = beyond if plan.is_open or not plan.end_date else plan.end_date.toordinal()
        covered.update(range(plan.start_date.toordinal(), last + 1))
    runs: list[list[int]] = []
    for day in range(min(covered), beyond + 1):
        if day in covered:
            if day - 1 not in covered:
                runs.append([])
            runs[-1].append(day)
    return [
        Island(
            first=run[0],
            last=None if run[-1] == beyond else run[-1],
            plans=tuple(plan for plan in plans if run[0] <= plan.start_date.toordinal() <= run[-1]),
        )
        for run in runs
    ]


def uncovered_days(before: Island, after: Island | None, as_of: dt.date) -> range:
    """The days between two islands, or from the last island's end to as_of, as_of included."""
    if before.last is None:
        return range(0)
    until = after.first if after else as_of.toordinal() + 1
    return range(before.last + 1, until)


def joined(plans: Iterable[Plan]) -> str | None:
    """Distinct carriers, sorted, joined by ' | '; plans without a carrier name none."""
    return " | ".join(sorted({plan.carrier_name for plan in plans if plan.carrier_name})) or None
