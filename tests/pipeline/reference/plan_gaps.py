"""Plan coverage and gaps by sets of days: no interval arithmetic, every day is looked at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .records import PLAN_TYPES, Claim, Company, Delivery, Plan, shown_name

CompanyAndType = tuple[str, str]
BEFORE_ALL = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Island:
    """A maximal run of covered days; last is None where the run never ends."""

    first: int
    last: int | None
    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class PlanState:
    """What the deliveries come to.

    Attributes:
        valid: the plans that count now.
        withheld: their like that are not valid by themselves.
        once: all that was valid by itself in some delivery, `valid` included.
        delivered: companies and types of which there ever was a row, however bad.
    """

    valid: tuple[Plan, ...]
    withheld: tuple[Plan, ...]
    once: tuple[Plan, ...]
    delivered: frozenset[CompanyAndType]


@dataclass(frozen=True, slots=True)
class Gap:
    """Uncovered days; those of one without an end are told up to as_of."""

    gap_type: str
    days: range
    has_end: bool = False
    previous_carrier: str | None = None
    next_carrier: str | None = None


def plan_state(files: Sequence[Delivery[Plan]]) -> PlanState:
    """Read whole snapshots in their order."""
    rows_of: dict[tuple[object, ...], list[tuple[int, Plan]]] = defaultdict(list)
    for number, file in enumerate(files):
        for plan in file.rows:
            rows_of[plan.key].append((number, plan))
    held = dict.fromkeys(plan.key for plan in files[-1].rows)
    counting = [plan for key in held for plan in newest(rows_of[key])]
    everything = [plan for file in files for plan in file.rows]
    return PlanState(
        valid=tuple(plan for plan in counting if plan.is_sound),
        withheld=tuple(plan for plan in counting if not plan.is_sound),
        once=tuple(dict.fromkeys(plan for plan in everything if plan.is_sound)),
        delivered=frozenset((plan.company_ein, plan.plan_type) for plan in everything),
    )


def newest(rows: list[tuple[int, Plan]]) -> list[Plan]:
    """The version of a key that counts; all contents of its delivery where none is dated."""
    number, plan = max(rows, key=lambda row: (row[1].last_updated or BEFORE_ALL, row[0]))
    if plan.last_updated:
        return [plan]
    return list(dict.fromkeys(plan for held_by, plan in rows if held_by == number))


def plan_gaps(
    state: PlanState,
    claims: Iterable[Claim],
    companies: dict[str, Company],
    as_of: dt.date,
    min_days: int = 90,
) -> list[dict[str, Any]]:
    """Rows of marts.plan_gaps; `companies` are the listed ones."""
    claims_of: dict[CompanyAndType, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.service_date <= as_of:
            claims_of[claim.company_ein, claim.claim_type].append(claim)
    plans_of, once_of = by_company_and_type(state.valid), by_company_and_type(state.once)
    rows = []
    for group in sorted({*plans_of, *once_of, *claims_of}):
        company_ein, plan_type = group
        if group in plans_of:
            gaps = list(gaps_between(islands(plans_of[group]), as_of))
        elif group in once_of:
            gaps = [withdrawn(once_of[group], as_of)]
        elif group not in state.delivered and company_ein in companies and plan_type in PLAN_TYPES:
            gaps = [never_covered(claims_of[group], as_of)]
        else:
            gaps = []
        rows += [
            {
                "company_ein": company_ein,
                "company_name": shown_name(company_ein, companies),
                "plan_type": plan_type,
                **gap_columns(gap, claims_of[group], as_of),
            }
            for gap in gaps
            if len(gap.days) > min_days
        ]
    return rows


def gap_columns(gap: Gap, claims: list[Claim], as_of: dt.date) -> dict[str, Any]:
    inside = [claim for claim in claims if claim.service_date.toordinal() in gap.days]
    return {
        "gap_type": gap.gap_type,
        "gap_start": dt.date.fromordinal(min(gap.days)),
        "gap_end": dt.date.fromordinal(max(gap.days)) if gap.has_end else None,
        "gap_length_days": len(gap.days),
        "days_to_date": sum(day <= as_of.toordinal() for day in gap.days),
        "previous_carrier": gap.previous_carrier,
        "next_carrier": gap.next_carrier,
        "claims_in_gap": len(inside),
        "claim_cost_in_gap": sum((claim.amount for claim in inside), Decimal(0)),
    }


def gaps_between(found: list[Island], as_of: dt.date) -> Iterator[Gap]:
    """The days between two islands, and from the last island's end to as_of, as_of included."""
    for before, after in zip(found, [*found[1:], None], strict=True):
        if before.last is None:
            continue
        until = after.first if after else as_of.toordinal() + 1
        yield Gap(
            gap_type="internal" if after else "trailing",
            days=range(before.last + 1, until),
            has_end=after is not None,
            previous_carrier=joined(
                plan
                for plan in before.plans
                if plan.end_date and plan.end_date.toordinal() == before.last
            ),
            next_carrier=joined(
                plan for plan in after.plans if plan.start_date.toordinal() == after.first
            )
            if after
            else None,
        )


def withdrawn(once: list[Plan], as_of: dt.date) -> Gap:
    """All plans of the company and type are gone: nothing that they covered counts."""
    first = min(plan.start_date for plan in once)
    days = range(first.toordinal(), as_of.toordinal() + 1)
    return Gap("withdrawn", days, previous_carrier=joined(once))


def never_covered(claims: list[Claim], as_of: dt.date) -> Gap:
    """There are claims and has never been a plan."""
    first = min(claim.service_date for claim in claims)
    return Gap("never_covered", range(first.toordinal(), as_of.toordinal() + 1))


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


def by_company_and_type(plans: Iterable[Plan]) -> dict[CompanyAndType, list[Plan]]:
    groups: dict[CompanyAndType, list[Plan]] = defaultdict(list)
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


def joined(plans: Iterable[Plan]) -> str | None:
    """Distinct carriers, sorted, joined by ' | '; plans without a carrier name none."""
    return " | ".join(sorted({plan.carrier_name for plan in plans if plan.carrier_name})) or None
