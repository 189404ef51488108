"""Plan histories that sit on the borders of islands and gaps, and claims beside those borders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

from .generate_claims import HISTORY_DAYS, Draft, Knobs
from .records import Plan

PLAN_TYPES = ("Medical", "Dental", "Vision")
CARRIERS = ("Aetna", "Blue Cross", "Cigna", "Delta Dental", "Örsted Mutual", "aetna plus", "Zenith")
OPEN_DATE = dt.date(9999, 12, 31)
ONE_DAY = dt.timedelta(days=1)


class Sheet:
    """Collects one company's plans of one type; a key (carrier, start) is used once."""

    def __init__(self, rng: Random, knobs: Knobs, claim_days: list[dt.date]) -> None:
        self.rng = rng
        self.knobs = knobs
        self.claim_days = claim_days
        self.plans: dict[tuple[str | None, dt.date], dt.date | None] = {}

    def add(self, start: dt.date, end: dt.date | None, carrier: str | None = "any") -> None:
        if carrier == "any":
            free = [name for name in CARRIERS if (name, start) not in self.plans]
            carrier = self.rng.choice(free) if free else None
        if (carrier, start) in self.plans or (end and end < start):
            return
        self.plans[carrier, start] = end

    def border(self) -> dt.date:
        """A last covered day: often a claim's day or its eve, else anywhere, leap days included."""
        rng, as_of = self.rng, self.knobs.claims_as_of
        kind = rng.random()
        if kind < 0.5 and self.claim_days:
            return rng.choice(self.claim_days) + dt.timedelta(days=rng.choice([-1, 0, 0, 1]))
        if kind < 0.85:
            return as_of - dt.timedelta(days=rng.randint(0, HISTORY_DAYS - 1))
        return dt.date(rng.choice([2016, 2019, 2020, 2023]), rng.choice([1, 2, 12]), 28) + (
            dt.timedelta(days=rng.randint(-1, 4))
        )

    def gap(self) -> int:
        """Uncovered days between two plans."""
        most = self.knobs.gap_days
        edges = [0, 0, 1, most - 1, most, most, most + 1, most + 1, most + 2]
        return self.rng.choice([*edges, self.rng.randint(2, 200)])

    def length(self) -> dt.timedelta:
        return dt.timedelta(days=self.rng.choice([0, 1, 27, 30, 89, 364, self.rng.randint(0, 400)]))

    def open_end(self) -> dt.date | None:
        return self.rng.choice([None, OPEN_DATE])


def after(end: dt.date, uncovered: int) -> dt.date:
    return end + dt.timedelta(days=uncovered + 1)


def draft_plans(
    rng: Random, knobs: Knobs, company_ein: str, claims: list[Draft]
) -> tuple[str, list[Plan]]:
    """One company's plans, one to three types, and the names of the patterns."""
    names, plans = [], []
    for plan_type in rng.sample(PLAN_TYPES, rng.choice([1, 1, 2, 3])):
        name, make = rng.choice(PATTERNS)
        own = [claim.day for claim in claims if claim.claim_type == plan_type]
        sheet = Sheet(rng, knobs, own or [claim.day for claim in claims])
        make(sheet)
        names.append(name)
        plans += [
            Plan(company_ein, plan_type, carrier, start, end)
            for (carrier, start), end in sheet.plans.items()
        ]
    rng.shuffle(plans)
    return "+".join(names), plans


def border_claims(rng: Random, knobs: Knobs, plans: list[Plan]) -> list[Draft]:
    """Claims on the last covered days and beside them, of the plan's type and of others."""
    days = {plan.start_date for plan in plans} | {
        plan.end_date for plan in plans if plan.end_date and not plan.is_open
    }
    oldest = knobs.claims_as_of - dt.timedelta(days=HISTORY_DAYS - 1)
    drafts = []
    for day in sorted(days):
        for step in (-1, 0, 1, 2):
            on = day + step * ONE_DAY
            if oldest <= on <= knobs.claims_as_of and rng.random() < 0.7:
                cents = rng.choice([rng.randint(1, 10**5), rng.randint(1, 10**5), 0, -500])
                drafts.append(Draft(on, cents, rng.choice([*PLAN_TYPES, plans[0].plan_type])))
    return drafts[:60]


def pair(sheet: Sheet) -> None:
    """Two plans and one gap."""
    end = sheet.border()
    sheet.add(end - sheet.length(), end)
    start = after(end, sheet.gap())
    sheet.add(start, sheet.rng.choice([start + sheet.length(), sheet.open_end()]))


def chain(sheet: Sheet) -> None:
    """Several plans, gap after gap."""
    end = sheet.border() - dt.timedelta(days=sheet.rng.choice([0, 200, 400]))
    start = end - sheet.length()
    for _ in range(sheet.rng.randint(3, 6)):
        sheet.add(start, end)
        start = after(end, sheet.gap())
        end = start + sheet.length()


def containment(sheet: Sheet) -> None:
    """Plans inside a long one, ending long before it: no gap after them, but one after it."""
    end = sheet.border()
    begin = end - dt.timedelta(days=sheet.rng.randint(250, 500))
    sheet.add(begin, end)
    for _ in range(sheet.rng.randint(1, 3)):
        inner = begin + dt.timedelta(days=sheet.rng.randint(0, 60))
        sheet.add(inner, inner + dt.timedelta(days=sheet.rng.randint(0, 60)))
    start = after(end, sheet.gap())
    sheet.add(start, start + sheet.length())


def overlap(sheet: Sheet) -> None:
    """Each plan begins inside the one before, or on the day after it."""
    end = sheet.border()
    start = end - dt.timedelta(days=200)
    sheet.add(start, end)
    for _ in range(sheet.rng.randint(1, 4)):
        start = end + dt.timedelta(days=sheet.rng.choice([-30, -1, 0, 1]))
        end = max(end, start) + sheet.length()
        sheet.add(start, end)
    start = after(end, sheet.gap())
    sheet.add(start, start + sheet.length())


def identical(sheet: Sheet) -> None:
    """The same dates with several carriers."""
    end = sheet.border()
    start = end - sheet.length()
    for _ in range(sheet.rng.randint(2, 4)):
        sheet.add(start, end)
    start = after(end, sheet.gap())
    end = sheet.rng.choice([start + sheet.length(), sheet.open_end()])
    for _ in range(sheet.rng.randint(1, 3)):
        sheet.add(start, end)


def one_day_plans(sheet: Sheet) -> None:
    """Single covered days that split long gaps into ones at the border."""
    day = sheet.border()
    sheet.add(day, day)
    for _ in range(sheet.rng.randint(1, 4)):
        day = after(day, sheet.gap())
        sheet.add(day, day)


def leap_february(sheet: Sheet) -> None:
    """Gaps over the end of February, with and without a leap day, as many days as matter."""
    year = sheet.rng.choice([2020, 2023, 2024, 2024])
    if sheet.rng.random() < 0.5:
        end = dt.date(year - 1, 12, 31)
        start = after(end, sheet.knobs.gap_days + sheet.rng.choice([-1, 0, 1, 2]))
    elif sheet.rng.random() < 0.5:
        end = dt.date(year, 2, 28)
        start = dt.date(year, 3, 1)
    else:
        end = dt.date(year, 2, 28)
        start = after(end, sheet.gap())
    sheet.add(end - sheet.length(), end)
    sheet.add(start, start + sheet.length())


def open_plans(sheet: Sheet) -> None:
    """An open plan, others beside, inside and after it."""
    end = sheet.border()
    sheet.add(end - sheet.length(), end)
    start = after(end, sheet.gap())
    sheet.add(start, sheet.open_end())
    for _ in range(sheet.rng.randint(0, 3)):
        later = start + dt.timedelta(days=sheet.rng.choice([0, 1, 100, 300, 900]))
        sheet.add(later, sheet.rng.choice([later + sheet.length(), sheet.open_end()]))


def trailing(sheet: Sheet) -> None:
    """The last plan ended about the threshold before as_of."""
    most = sheet.knobs.gap_days
    back = sheet.rng.choice([-1, 0, 1, most - 1, most, most, most + 1, most + 1, most + 2, 300])
    end = sheet.knobs.claims_as_of - dt.timedelta(days=back)
    for _ in range(sheet.rng.randint(1, 3)):
        sheet.add(end - sheet.length(), end)
    if sheet.rng.random() < 0.4:
        earlier = min(start for _, start in sheet.plans) - dt.timedelta(days=sheet.gap() + 1)
        sheet.add(earlier - sheet.length(), earlier)


def future(sheet: Sheet) -> None:
    """Coverage that is agreed but has not begun: it ends an internal gap."""
    as_of = sheet.knobs.claims_as_of
    start = as_of + dt.timedelta(days=sheet.rng.choice([1, 2, 30, 200]))
    if sheet.rng.random() < 0.8:
        end = sheet.rng.choice([as_of, start - dt.timedelta(days=sheet.gap() + 1), sheet.border()])
        sheet.add(end - sheet.length(), end)
    end = sheet.rng.choice([start + sheet.length(), None])
    sheet.add(start, end)
    if end and sheet.rng.random() < 0.5:
        sheet.add(after(end, sheet.gap()), sheet.open_end())


def carrier_ties(sheet: Sheet) -> None:
    """Several carriers at both edges of a gap, one of them twice, and some that are not there."""
    rng, end = sheet.rng, sheet.border()
    twice = rng.choice(CARRIERS)
    for back in rng.sample(range(300), rng.randint(2, 5)):
        name = twice if rng.random() < 0.5 else "any"
        sheet.add(end - dt.timedelta(days=back), end, name)
    sheet.add(end - dt.timedelta(days=400), end - dt.timedelta(days=rng.choice([1, 50])))
    start = after(end, sheet.knobs.gap_days + rng.choice([0, 1, 1, 1, 30]))
    for _ in range(rng.randint(2, 4)):
        sheet.add(start, rng.choice([start + sheet.length(), sheet.open_end()]))
    sheet.add(start + dt.timedelta(days=rng.choice([1, 5])), start + dt.timedelta(days=30))


def nameless_carrier(sheet: Sheet) -> None:
    """Plans that name no carrier, alone or beside one that does."""
    end = sheet.border()
    sheet.add(end - dt.timedelta(days=20), end, None)
    start = after(end, sheet.knobs.gap_days + sheet.rng.choice([0, 1, 9]))
    sheet.add(start, start + sheet.length(), None)
    if sheet.rng.random() < 0.5:
        sheet.add(end - dt.timedelta(days=40), end)
        sheet.add(start, start + sheet.length())


def jumble(sheet: Sheet) -> None:
    """Anything, close together."""
    centre = sheet.border()
    for _ in range(sheet.rng.randint(4, 12)):
        start = centre + dt.timedelta(days=sheet.rng.randint(-400, 200))
        sheet.add(start, start + dt.timedelta(days=sheet.rng.randint(0, 60)))


Pattern = Callable[[Sheet], None]
PATTERNS: tuple[tuple[str, Pattern], ...] = (
    ("pair", pair),
    ("pair", pair),
    ("chain", chain),
    ("containment", containment),
    ("overlap", overlap),
    ("identical", identical),
    ("one_day_plans", one_day_plans),
    ("leap_february", leap_february),
    ("open_plans", open_plans),
    ("trailing", trailing),
    ("trailing", trailing),
    ("future", future),
    ("carrier_ties", carrier_ties),
    ("nameless_carrier", nameless_carrier),
    ("jumble", jumble),
)
