"""Claim-cost windows and spike events: every window is summed anew from the single claims."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from .records import Booking, Claim, Company, Person, round_half_away, shown_name


class Window(NamedTuple):
    """One row of marts.claims_cost_windows, columns in its order."""

    company_ein: str
    window_start: dt.date
    window_end: dt.date
    prev_90d_cost: Decimal
    current_90d_cost: Decimal
    pct_change: Decimal | None
    status: str


def booked(files: Iterable[Iterable[Booking]]) -> list[Booking]:
    """The bookings that count: each as often as in the one file in which it occurs most often."""
    most: Counter[Booking] = Counter()
    for file in files:
        most |= Counter(file)
    return list(most.elements())


def is_paid(booking: Booking) -> bool:
    return booking.claim_status.lower() in ("", "paid")


def as_claim(booking: Booking) -> Claim:
    return Claim(
        booking.claim_id,
        booking.company_ein,
        dt.date.fromisoformat(booking.service_date),
        Decimal(booking.amount.replace("$", "")),
        booking.claim_type,
        booking.line_number or None,
    )


def claims_by_company(claims: Iterable[Claim], as_of: dt.date) -> dict[str, list[Claim]]:
    """Claims up to as_of; a company without any has no calendar."""
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.service_date <= as_of:
            groups[claim.company_ein].append(claim)
    return groups


def cost(claims: list[tuple[int, Decimal]], first: int, last: int) -> Decimal:
    return sum([amount for day, amount in claims if first <= day <= last], Decimal(0))


def company_windows(
    claims: list[Claim], as_of: dt.date, window_days: int = 90, threshold_pct: int = 200
) -> list[Window]:
    """One window for every day from the company's first claim day to as_of."""
    dated = [(claim.service_date.toordinal(), claim.amount) for claim in claims]
    first_day = min(day for day, _ in dated)
    windows = []
    for today in range(first_day, as_of.toordinal() + 1):
        current = cost(dated, today - window_days + 1, today)
        prev = cost(dated, today - 2 * window_days + 1, today - window_days)
        if today < first_day + 2 * window_days - 1:
            pct_change, status = None, "insufficient_history"
        else:
            pct_change, status = verdict(prev, current, threshold_pct)
        windows.append(
            Window(
                claims[0].company_ein,
                dt.date.fromordinal(today - window_days + 1),
                dt.date.fromordinal(today),
                prev,
                current,
                pct_change,
                status,
            )
        )
    return windows


@lru_cache(maxsize=1_000_000)
def verdict(prev: Decimal, current: Decimal, threshold_pct: int) -> tuple[Decimal | None, str]:
    """pct_change and status of a window with enough history."""
    if prev == 0 and current > 0:
        return None, "new_activity"
    if prev == 0 and current == 0:
        return None, "no_activity"
    if prev < 0:
        return None, "non_positive_base"
    if prev == 0:
        return None, "normal"  # a negative current on an empty base: none of the others holds
    growth = (Fraction(current) - Fraction(prev)) / Fraction(prev) * 100
    return round_half_away(growth, 2), "spike" if growth > threshold_pct else "normal"


def spike_runs(windows: list[Window]) -> Iterator[list[Window]]:
    """Runs of consecutive spike days; windows are one company's, in order of days."""
    run: list[Window] = []
    for window in windows:
        if window.status == "spike":
            run.append(window)
        elif run:
            yield run
            run = []
    if run:
        yield run


def company_spikes(
    claims: list[Claim], windows: list[Window], companies: dict[str, Company], window_days: int = 90
) -> list[dict[str, Any]]:
    """Rows of marts.claims_cost_spikes; effects and share are exact Fractions."""
    return [spike_event(claims, run, companies, window_days) for run in spike_runs(windows)]


def spike_event(
    claims: list[Claim], run: list[Window], companies: dict[str, Company], window_days: int
) -> dict[str, Any]:
    peak = run[0]
    for window in run[1:]:
        if exact_ratio(window) > exact_ratio(peak):
            peak = window
    prev_start = peak.window_start - dt.timedelta(days=window_days)
    in_current = [
        claim.amount
        for claim in claims
        if peak.window_start <= claim.service_date <= peak.window_end
    ]
    in_prev = [
        claim.amount for claim in claims if prev_start <= claim.service_date < peak.window_start
    ]
    count_now, count_before = len(in_current), len(in_prev)
    mean_now = Fraction(peak.current_90d_cost) / count_now
    mean_before = Fraction(peak.prev_90d_cost) / count_before
    frequency_effect = (count_now - count_before) * (mean_before + mean_now) / 2
    growth = Fraction(peak.current_90d_cost) - Fraction(peak.prev_90d_cost)
    return {
        "company_ein": peak.company_ein,
        "company_name": shown_name(peak.company_ein, companies),
        "first_flagged_on": run[0].window_end,
        "last_flagged_on": run[-1].window_end,
        "window_start": peak.window_start,
        "window_end": peak.window_end,
        "prev_90d_cost": peak.prev_90d_cost,
        "current_90d_cost": peak.current_90d_cost,
        "pct_change": peak.pct_change,
        "claims_current": count_now,
        "claims_prev": count_before,
        "frequency_effect": frequency_effect,
        "severity_effect": growth - frequency_effect,
        "top_claim_share": Fraction(max(in_current)) / Fraction(peak.current_90d_cost),
    }


def exact_ratio(window: Window) -> Fraction:
    """Orders spike days as their growth does (the base is positive)."""
    return Fraction(window.current_90d_cost) / Fraction(window.prev_90d_cost)


def year_before(day: dt.date) -> dt.date:
    """The same day a year before; the last of February for the 29th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def spike_context(
    event: dict[str, Any], claims: list[Claim], persons: list[Person], as_of: dt.date, length: int
) -> dict[str, Any]:
    """What stands beside a spike event, see marts.claims_cost_spikes; costs are exact Fractions."""
    first, last = event["window_start"], event["window_end"]
    year_first, year_last = year_before(first), year_before(last)
    has_history = min(claim.service_date for claim in claims) <= year_first
    cost_before = sum(
        (claim.amount for claim in claims if year_first <= claim.service_date <= year_last),
        Decimal(0),
    )
    growth = None
    if has_history and cost_before > 0:
        change = Fraction(event["current_90d_cost"]) - Fraction(cost_before)
        growth = round_half_away(change / Fraction(cost_before) * 100, 2)

    def members(day: dt.date) -> int:
        return sum(
            person.termination_date > day if person.termination_date else not person.has_left(as_of)
            for person in persons
        )

    def monthly(cost: Decimal, count: int) -> Decimal | None:
        months = Fraction(length * 12, 365)
        return round_half_away(Fraction(cost) / count / months, 2) if count else None

    now, before = members(last), members(first - dt.timedelta(1))
    return {
        "prev_year_90d_cost": cost_before if has_history else None,
        "pct_change_to_prev_year": growth,
        "members": now,
        "members_before": before,
        "cost_per_member_per_month": monthly(event["current_90d_cost"], now),
        "prev_cost_per_member_per_month": monthly(event["prev_90d_cost"], before),
        "credibility": round(
            min(1.0, ((event["claims_current"] + event["claims_prev"]) / 1082) ** 0.5), 4
        ),
        "is_material": True,
    }
