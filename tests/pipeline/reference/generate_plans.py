"""Plan histories that sit on the borders of islands and gaps, claims beside those borders, and how
plans change from delivery to delivery.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from random import Random

from .generate_claims import HISTORY_DAYS, Draft, Knobs
from .records import PLAN_TYPES, Plan

CARRIERS = ("Aetna", "Blue Cross", "Cigna", "Delta Dental", "Örsted Mutual", "aetna plus", "Zenith")
OPEN_DATE = dt.date(9999, 12, 31)
ONE_DAY = dt.timedelta(days=1)
PLAN_DAYS = (  # of the deliveries
    dt.date(2023, 1, 5),
    dt.date(2023, 7, 5),
    dt.date(2024, 1, 5),
    dt.date(2024, 6, 5),
    dt.date(2024, 9, 5),
    dt.date(2024, 12, 5),
)


class Sheet:
    """Collects one company's plans of one type; a carrier and start is used once.

    Options are further plans of a carrier and start: with a name of their own, or under one key.
    """

    def __init__(self, rng: Random, knobs: Knobs, claim_days: list[dt.date]) -> None:
        self.rng = rng
        self.knobs = knobs
        self.claim_days = claim_days
        self.plans: dict[tuple[str | None, dt.date], dt.date | None] = {}
        self.options: list[tuple[str | None, dt.date, dt.date | None, str | None]] = []

    def add(self, start: dt.date, end: dt.date | None, carrier: str | None = "any") -> None:
        if carrier == "any":
            free = [name for name in CARRIERS if (name, start) not in self.plans]
            carrier = self.rng.choice(free) if free else None
        if (carrier, start) in self.plans or (end and end < start):
            return
        self.plans[carrier, start] = end

    def drawn(self, company_ein: str, plan_type: str) -> list[Plan]:
        """All plans, none twice."""
        rows = [(carrier, start, end, None) for (carrier, start), end in self.plans.items()]
        return [
            Plan(company_ein, plan_type, carrier, start, end, name)
            for carrier, start, end, name in dict.fromkeys([*rows, *self.options])
        ]

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
) -> tuple[list[str], list[list[Plan]]]:
    """The names of the patterns, and one company's plans in each delivery: no type to three."""
    names: list[str] = []
    deliveries: list[list[Plan]] = [[] for _ in PLAN_DAYS]
    for plan_type in rng.sample(PLAN_TYPES, rng.choice([0, *[1] * 7, *[2] * 4, *[3] * 4])):
        name, make = rng.choice(PATTERNS)
        own = [claim.day for claim in claims if claim.claim_type == plan_type]
        sheet = Sheet(rng, knobs, own or [claim.day for claim in claims])
        make(sheet)
        plans = sheet.drawn(company_ein, plan_type)
        life_name, live = rng.choice(LIVES)
        names += [name, life_name]
        for delivery, held in zip(deliveries, live(rng, plans), strict=True):
            delivery += held
    for delivery in deliveries:
        rng.shuffle(delivery)
    return names or ["no_plans"], deliveries


def border_claims(rng: Random, knobs: Knobs, plans: list[Plan]) -> list[Draft]:
    """Claims on the last covered days and beside them, of the plan's type and of others."""
    types = [*PLAN_TYPES, plans[0].plan_type] if plans else PLAN_TYPES
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
                drafts.append(Draft(on, cents, rng.choice(types)))
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
    last = sheet.rng.choice([start + sheet.length(), sheet.open_end()])
    for _ in range(sheet.rng.randint(1, 3)):
        sheet.add(start, last)


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
    last = sheet.rng.choice([start + sheet.length(), None])
    sheet.add(start, last)
    if last and sheet.rng.random() < 0.5:
        sheet.add(after(last, sheet.gap()), sheet.open_end())


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


def recent(sheet: Sheet) -> None:
    """Coverage that began about the threshold before as_of: should it be withdrawn."""
    most = sheet.knobs.gap_days
    for _ in range(sheet.rng.randint(1, 3)):
        back = sheet.rng.choice([most - 2, most - 1, most - 1, most, most, most + 1])
        start = sheet.knobs.claims_as_of - dt.timedelta(days=back)
        sheet.add(start, sheet.rng.choice([start + sheet.length(), sheet.open_end()]))


def options(sheet: Sheet) -> None:
    """Several plans of one carrier and start, without names, with one name, or with several."""
    rng, last = sheet.rng, sheet.border()
    start = last - dt.timedelta(days=rng.randint(30, 300))
    carrier = rng.choice(CARRIERS)
    for _ in range(rng.randint(2, 4)):
        end = rng.choice([last, last - dt.timedelta(days=rng.randint(0, 29))])
        name = rng.choice([None, None, "Gold", "GOLD", "Silver"])
        sheet.options.append((carrier, start, end, name))
    begin = after(last, sheet.gap())
    for _ in range(rng.randint(0, 3)):
        end_of_next = rng.choice([begin + sheet.length(), begin + sheet.length(), None])
        sheet.options.append((carrier, begin, end_of_next, None))


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
    ("recent", recent),
    ("recent", recent),
    ("options", options),
    ("options", options),
    ("options", options),
)


def some(rng: Random, plans: list[Plan]) -> list[Plan]:
    return rng.sample(plans, rng.randint(1, len(plans)))


def steps(rng: Random, *states: list[Plan]) -> list[list[Plan]]:
    """Each state for some deliveries, in order."""
    changes = sorted(rng.sample(range(1, len(PLAN_DAYS)), len(states) - 1))
    return [states[sum(step <= number for step in changes)] for number in range(len(PLAN_DAYS))]


def spoiled(rng: Random, plans: list[Plan]) -> list[Plan]:
    """The same plans, each with an end before its start."""
    back = dt.timedelta(days=rng.choice([1, 1, 30, 400]))
    return list(dict.fromkeys(replace(plan, end_date=plan.start_date - back) for plan in plans))


def moved(rng: Random, plans: list[Plan]) -> list[Plan]:
    """The same plans, some of which end on another day."""
    changed = some(rng, plans)
    return list(
        dict.fromkeys(
            replace(plan, end_date=plan.start_date + dt.timedelta(days=rng.randint(0, 500)))
            if plan in changed
            else plan
            for plan in plans
        )
    )


def implausible(rng: Random, plans: list[Plan]) -> list[Plan]:
    """The same plans, but one that begins before there were any."""
    filler = rng.choice([dt.date(1900, 1, 1), dt.date(1989, 12, 31)])
    return [*plans[1:], replace(plans[0], start_date=filler)]


def dated(rng: Random, plans: list[Plan], day: dt.date) -> list[Plan]:
    """The same plans with a last_updated, where it says which of their versions counts."""
    keys = [plan.key for plan in plans]
    at = dt.datetime.combine(day, dt.time(rng.randint(0, 23)), dt.UTC)
    return [
        replace(plan, last_updated=at) if plan.carrier_name and keys.count(plan.key) == 1 else plan
        for plan in plans
    ]


def stays(_rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    return [plans for _ in PLAN_DAYS]


def arrives(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    return steps(rng, [], plans)


def is_withdrawn(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    return steps(rng, plans, [])


def is_partly_withdrawn(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    return steps(rng, plans, some(rng, plans))


def dwindles(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    """Changed, then gone: the earliest start may be that of any version."""
    return steps(rng, some(rng, plans), moved(rng, plans), [])


def returns(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    return steps(rng, plans, [], plans)


def is_corrected(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    if rng.random() < 0.5:
        return steps(rng, plans, moved(rng, plans))
    late = dated(rng, moved(rng, plans), dt.date(2023, 5, 1))
    return steps(rng, plans, late)


def is_outdated(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    """The later delivery holds older versions."""
    newer = dated(rng, moved(rng, plans), dt.date(2023, 5, 1))
    return steps(rng, newer, dated(rng, plans, dt.date(2023, 4, 1)))


def goes_bad(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    return steps(rng, plans, spoiled(rng, plans))


def goes_partly_bad(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    bad = some(rng, plans)
    rest = [plan for plan in plans if plan not in bad]
    return steps(rng, plans, list(dict.fromkeys([*rest, *spoiled(rng, bad)])))


def goes_bad_and_away(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    return steps(rng, plans, spoiled(rng, plans), [])


def is_mended(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    return steps(rng, spoiled(rng, plans), plans)


def is_always_bad(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    return steps(rng, spoiled(rng, plans), rng.choice([[], spoiled(rng, plans)]))


def has_filler(rng: Random, plans: list[Plan]) -> list[list[Plan]]:
    return steps(rng, implausible(rng, plans), rng.choice([[], plans, implausible(rng, plans)]))


Life = Callable[[Random, list[Plan]], list[list[Plan]]]
LIVES: tuple[tuple[str, Life], ...] = (
    *[("stays", stays)] * 8,
    ("arrives", arrives),
    *[("is_withdrawn", is_withdrawn)] * 4,
    ("is_partly_withdrawn", is_partly_withdrawn),
    ("dwindles", dwindles),
    ("returns", returns),
    *[("is_corrected", is_corrected)] * 2,
    ("is_outdated", is_outdated),
    ("goes_bad", goes_bad),
    ("goes_partly_bad", goes_partly_bad),
    ("goes_bad_and_away", goes_bad_and_away),
    ("is_mended", is_mended),
    ("is_always_bad", is_always_bad),
    ("has_filler", has_filler),
)
