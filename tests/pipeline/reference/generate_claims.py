"""Claim histories that sit on the borders of windows, verdicts and events, and bookings."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from .records import Booking

TYPES = ("Medical", "Dental", "Vision", "Acupuncture")
HISTORY_DAYS = 480


@dataclass(frozen=True, slots=True)
class Knobs:
    """What a build is told, and what the generators aim their borders at."""

    claims_as_of: dt.date
    spend_as_of: dt.date
    as_of_is_set: bool = False
    gap_days: int = 90
    window_days: int = 90
    threshold_pct: int = 200
    bands: tuple[int, int, int] = (20, 50, 100)


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim without id and company: day, cents, type."""

    day: dt.date
    cents: int
    claim_type: str

    @property
    def amount(self) -> Decimal:
        return Decimal(self.cents).scaleb(-2)


Entries = list[tuple[int, int]]  # (day's ordinal, cents)


def draft_claims(rng: Random, knobs: Knobs) -> tuple[str, list[Draft]]:
    """One company's claims and the name of the pattern; nothing older than HISTORY_DAYS."""
    pattern = rng.choices([name for name, _, _ in PATTERNS], [odds for *_, odds in PATTERNS])[0]
    make = next(make for name, make, _ in PATTERNS if name == pattern)
    as_of = knobs.claims_as_of.toordinal()
    entries = [entry for entry in make(rng, knobs) if entry[0] > as_of - HISTORY_DAYS]
    if not knobs.as_of_is_set:
        entries = [entry for entry in entries if entry[0] <= as_of]
    elif entries and rng.random() < 0.3:
        entries.append((as_of + rng.choice([1, 2, 40]), rng.randint(1, 10**7)))
    types = rng.sample(TYPES, rng.choice([1, 2, 4]))
    return pattern, [
        Draft(dt.date.fromordinal(day), cents, rng.choice(types)) for day, cents in entries
    ]


def spread(rng: Random, total: int, parts: int, first: int, last: int) -> Entries:
    """Split cents over days of [first, last], often with one claim on each edge of it."""
    parts = max(1, min(parts, abs(total)))
    cuts = sorted(rng.randint(0, total) if total > 0 else 0 for _ in range(parts - 1))
    amounts = [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]
    days = [rng.randint(first, last) for _ in amounts]
    if rng.random() < 0.6:
        days[0] = first
        days[-1] = last if len(days) > 1 else days[-1]
    return list(zip(days, amounts, strict=True))


def target_day(rng: Random, knobs: Knobs) -> int:
    """A day with enough history before it; as_of itself is the likeliest."""
    room = HISTORY_DAYS - 2 * knobs.window_days - 5
    back = rng.choice([0, 0, 0, 1, 2, 30, knobs.window_days, rng.randint(0, room)])
    return knobs.claims_as_of.toordinal() - min(back, room)


def threshold_growth(rng: Random, knobs: Knobs) -> Entries:
    """Growth of exactly the threshold on one day, or a cent beside it."""
    day, width = target_day(rng, knobs), knobs.window_days
    base = rng.choice([1, 2, 3, 100, 20_000, rng.randint(1, 10**6)])
    if base * (100 + knobs.threshold_pct) % 100:
        base *= 100
    current = base * (100 + knobs.threshold_pct) // 100 + rng.choice([-1, 0, 0, 0, 1, 1])
    entries = spread(rng, base, rng.randint(1, 5), day - 2 * width + 1, day - width)
    entries += spread(rng, current, rng.randint(1, 6), day - width + 1, day)
    if rng.random() < 0.7:  # enough history whatever the first claim, none of it in the windows
        entries.append((day - 2 * width + rng.choice([0, 1]), 0))
    if rng.random() < 0.4:
        entries.append((day - 2 * width, rng.randint(1, 10**6)))
    if rng.random() < 0.4:
        entries.append((day + 1, rng.choice([-1, 1]) * rng.randint(1, 10**5)))
    return entries


def young_history(rng: Random, knobs: Knobs) -> Entries:
    """A company that grows wildly about the day on which its history begins to suffice."""
    enough = 2 * knobs.window_days - 1
    age = rng.choice([0, 1, enough - 2, enough - 1, enough, enough + 1, enough + 20])
    first = knobs.claims_as_of.toordinal() - age
    entries = [(first, rng.randint(1, 500))]
    for _ in range(rng.randint(1, 5)):
        entries.append((first + rng.randint(0, age), rng.randint(100, 10**6)))
    if age >= enough - 1:
        entries.append((first + knobs.window_days, rng.randint(10**4, 10**6)))
    return entries


def reversals(rng: Random, knobs: Knobs) -> Entries:
    """Windows whose sums are zero or below it because of reversals."""
    day, width = target_day(rng, knobs), knobs.window_days
    amount = rng.randint(1, 10**5)
    prev_first, prev_last, now_first = day - 2 * width + 1, day - width, day - width + 1
    base = spread(rng, amount, rng.randint(1, 3), prev_first, prev_last)
    base.append((rng.randint(prev_first, prev_last), -amount + rng.choice([-1, 0, 0, 1, 100])))
    now = rng.choice([0, amount, -amount, 3 * amount, -1, 1])
    entries = [*base, (rng.randint(now_first, day), now)]
    if rng.random() < 0.5:
        entries += [(now_first, amount), (day, -amount)]
    if rng.random() < 0.5:
        entries.append((prev_first - rng.randint(1, 40), rng.choice([-amount, amount])))
    return entries


def no_activity(rng: Random, knobs: Knobs) -> Entries:
    """Long silence after a first claim, broken once or never, perhaps by zero amounts."""
    first = knobs.claims_as_of.toordinal() - rng.randint(300, HISTORY_DAYS - 1)
    entries = [(first, rng.choice([0, 1, 500, rng.randint(1, 10**6)]))]
    if rng.random() < 0.6:
        late = first + rng.randint(181, 299)
        entries.append((late, rng.choice([0, 1, -250, rng.randint(1, 10**6)])))
    return entries


def single_claim(rng: Random, knobs: Knobs) -> Entries:
    gap = knobs.gap_days
    ages = [0, 1, gap - 1, gap, gap + 1, 179, 180, 181, rng.randint(0, HISTORY_DAYS - 1)]
    age = rng.choice(ages)
    return [(knobs.claims_as_of.toordinal() - age, rng.choice([-100, 0, 1, 99_999]))]


def dense(rng: Random, knobs: Knobs) -> Entries:
    """A claim on most days, a reversal now and then, perhaps a jump of the level."""
    age = rng.randint(200, HISTORY_DAYS - 1)
    as_of = knobs.claims_as_of.toordinal()
    jump, factor = rng.randint(0, age), rng.choice([1, 2, 5, 10])
    entries = []
    for _ in range(rng.randint(60, 160)):
        back = rng.randint(0, age)
        cents = rng.randint(1, 50_000) * (factor if back < jump else 1)
        entries.append((as_of - back, -cents if rng.random() < 0.05 else cents))
    return entries


def sparse(rng: Random, knobs: Knobs) -> Entries:
    age = rng.randint(0, HISTORY_DAYS - 1)
    as_of = knobs.claims_as_of.toordinal()
    top = 10 ** rng.randint(1, 7)
    return [
        (as_of - rng.randint(0, age), rng.randint(-top // 10, top))
        for _ in range(rng.randint(2, 12))
    ]


def tied_peaks(rng: Random, knobs: Knobs) -> Entries:
    """Equal growth from different sums in one event: a claim moves from current to prev on the
    day on which a new one lands; a few cents beside the tie where asked."""
    width = knobs.window_days
    moves = knobs.claims_as_of.toordinal() - rng.randint(0, 60)
    base = rng.randint(1, 1000) * 100
    growth = 100 + knobs.threshold_pct + 100
    first_now, last_now = base * growth // 100, 2 * base * growth // 100
    moved = moves - width
    return [
        (moves - 2 * width - rng.choice([0, 1, 30]), 0),
        (moved - rng.randint(1, width - 1), base),
        (moved, base),
        (moved + rng.randint(1, width - 2), first_now - base),
        (moves, last_now - (first_now - base) + rng.choice([0, 0, -1, 1])),
    ]


def near_peaks(rng: Random, knobs: Knobs) -> Entries:
    """Growth that rises by less than pct_change can show: the peak is the later day."""
    day, width = target_day(rng, knobs), knobs.window_days
    base = rng.choice([10_000_000, 30_000_000, 70_000_001])
    current = base * (100 + knobs.threshold_pct + 100) // 100
    start = day - min(width - 1, 10)
    entries = [(day - 2 * width - 15, base), (day - 2 * width + 11, base), (start, current)]
    entries += [(start + step, rng.choice([1, 2, 10, -1])) for step in range(1, 9)]
    return entries


def split_events(rng: Random, knobs: Knobs) -> Entries:
    """A spike that is interrupted for a day or two by a reversal: two events, or more."""
    day, width = target_day(rng, knobs), knobs.window_days
    base = rng.randint(1, 10**5)
    entries = [(day - 2 * width - 20, base), (day - 2 * width + 30, base)]
    jump = base * (100 + knobs.threshold_pct) // 100 * 2 + rng.randint(1, 1000)
    start = day - rng.randint(0, min(25, width - 1))
    entries.append((start, jump))
    for _ in range(rng.randint(1, 3)):
        cut = start + rng.randint(1, 20)
        entries += [(cut, -jump), (cut + rng.choice([1, 1, 2]), jump)]
    return entries


def half_cents(rng: Random, knobs: Knobs) -> Entries:
    """pct_change that ends in exactly half a unit, above and below zero."""
    day, width = target_day(rng, knobs), knobs.window_days
    base = rng.choice([20_000, 40_000, 80_000, 160_000, 200_000])  # cents; 1 cent = 0.005 % …
    change = rng.choice([1, 3, 5, 7, 9, 201, base * 2 + 1]) * rng.choice([-1, 1])
    entries = [(day - 2 * width + 1, base), (day - width, 0)]
    entries += spread(rng, max(base + change, 1), rng.randint(1, 3), day - width + 1, day)
    return entries


def cents_level(rng: Random, knobs: Knobs) -> Entries:
    age = rng.randint(180, 400)
    as_of = knobs.claims_as_of.toordinal()
    return [(as_of - rng.randint(0, age), rng.randint(1, 9)) for _ in range(rng.randint(4, 30))]


def extreme_growth(rng: Random, knobs: Knobs) -> Entries:
    """From a cent to millions."""
    day, width = target_day(rng, knobs), knobs.window_days
    entries = [(day - 2 * width + 1, rng.choice([1, 2, 7])), (day - width, 1)]
    return entries + spread(rng, rng.randint(10**8, 10**11), 4, day - width + 1, day)


def step_up(rng: Random, knobs: Knobs) -> Entries:
    """A lasting rise: a long event whose growth climbs and falls, often still on at as_of."""
    as_of, width = knobs.claims_as_of.toordinal(), knobs.window_days
    start = as_of - rng.randint(0, width + 30)
    level = rng.randint(100, 20_000)
    entries = [
        (start - back, level + rng.randint(0, level))
        for back in range(1, 3 * width, rng.choice([15, 30]))
    ]
    rise = rng.randint(3, 12)
    return entries + [
        (on, level * rise + rng.randint(-50, 50)) for on in range(start, as_of, rng.choice([7, 20]))
    ]


BOOKING_FILES = ("2024-10-31.csv", "2024-11-30/a.csv", "2024-11-30/b.csv", "2024-12-30.csv")


def draft_bookings(rng: Random, knobs: Knobs, tag: str, company_ein: str) -> list[list[Booking]]:
    """One company's bookings in each of the files, which overlap."""
    oldest = rng.choice([5, 40, knobs.gap_days, 120, 300])
    files: list[list[Booking]] = [[] for _ in BOOKING_FILES]
    bookings: Counter[Booking] = Counter()
    for number in range(rng.randint(1, 4)):
        day = knobs.claims_as_of - dt.timedelta(days=rng.randint(0, oldest))
        if knobs.as_of_is_set and rng.random() < 0.05:
            day = knobs.claims_as_of + dt.timedelta(days=rng.choice([1, 30]))
        bookings.update(claim_bookings(rng, f"M{tag}.{number // 2}", company_ein, day))
    for booking, count in bookings.items():
        whole = rng.randrange(len(files))
        for number, file in enumerate(files):
            part = rng.choice([0, 0, count, rng.randint(0, count)])
            file += [booking] * (count if number == whole else part)
    return files


def claim_bookings(rng: Random, claim_id: str, company_ein: str, day: dt.date) -> list[Booking]:
    """A claim's original, and perhaps its reversal and reissue; a row may occur several times."""
    cents = rng.choice([100, 2500, rng.randint(1, 10**6)])

    def booking(cents: int) -> Booking:
        paid = day + dt.timedelta(days=rng.choice([0, 0, 0, 9, -3]))
        return Booking(
            claim_id,
            line_number,
            company_ein,
            day.isoformat(),
            rng.choice(["", paid.isoformat()]),
            f"{Decimal(cents).scaleb(-2)}",
            claim_type,
            rng.choices(["", "paid", "Paid", "denied", "VOID", "pending"], [9, 5, 2, 1, 1, 1])[0],
        )

    line_number, claim_type = rng.choice(["", "1", "2"]), rng.choice(TYPES)
    original = booking(cents)
    history = rng.choice(["alone", "alone", "reversed", "reissued", "mended", "again", "rewritten"])
    rows = [original] * rng.choice([1, 1, 1, 2, 3])
    if history in ("reversed", "reissued", "mended"):
        rows.append(booking(-cents))
    if history == "reissued":
        rows.append(original)  # the same text: as often as in the fullest file
    elif history == "mended":
        rows.append(booking(cents + rng.choice([-1, 1, 5000])))
    elif history == "rewritten":  # the same amount in another text is another booking
        rows.append(replace(original, amount=f"${original.amount}"))
    elif history == "again":
        rows += [booking(cents), booking(cents)]
    return rows


Pattern = Callable[[Random, Knobs], Entries]
PATTERNS: tuple[tuple[str, Pattern, int], ...] = (
    ("none", lambda _rng, _knobs: [], 3),
    ("threshold_growth", threshold_growth, 22),
    ("young_history", young_history, 9),
    ("reversals", reversals, 11),
    ("no_activity", no_activity, 5),
    ("single_claim", single_claim, 5),
    ("dense", dense, 7),
    ("sparse", sparse, 8),
    ("tied_peaks", tied_peaks, 7),
    ("near_peaks", near_peaks, 6),
    ("split_events", split_events, 6),
    ("half_cents", half_cents, 7),
    ("cents_level", cents_level, 5),
    ("extreme_growth", extreme_growth, 3),
    ("step_up", step_up, 7),
)
