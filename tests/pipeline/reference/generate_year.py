"""A year of a benefits team: companies whose plans end and are renewed, whose cost jumps, whose
rosters drift, with files that are refused and mended. What is so on a day is asked of the year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from .records import Claim, Company, DomainLink, Holder, Person, Plan

BEGIN = dt.date(2024, 1, 1)
FIRST = dt.date(2025, 1, 5)
BAD = "soon"  # what a withheld claim has for a service date


@dataclass(frozen=True)
class Known:
    """Something with the days between which the senders say it."""

    since: dt.date
    until: dt.date | None
    what: object

    def is_said(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass
class Withheld:
    """A claim without a readable date, until it is mended."""

    claim_id: str
    company_ein: str
    amount: Decimal
    since: dt.date
    mended: dt.date


@dataclass
class Year:
    """The year.

    Args:
        companies: how many.
        deliveries: how many, each after the first ``step`` days later.
        step: days from one to the next.
        seed: of the random choices.
    """

    count: int
    deliveries: int
    step: int
    seed: int
    companies: list[Company] = field(default_factory=list)
    links: list[DomainLink] = field(default_factory=list)
    plans: list[Known] = field(default_factory=list)
    persons: list[Known] = field(default_factory=list)
    holders: list[Known] = field(default_factory=list)
    claims: list[Known] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.days = [FIRST + dt.timedelta(self.step * n) for n in range(self.deliveries)]
        self.number = 0
        for place in range(self.count):
            self.add_company(place)
        # Claims of the last day of each delivery move as_of_date there.
        for day in self.days:
            self.add_claim(self.companies[0].company_ein, day, 1000, "Medical", day)
        # Deliveries whose claims come in a file that is refused, and mended with the next one.
        places = range(1, self.deliveries - 1, 3)
        self.refused = {place for place in places if self.rng.random() < 0.7}

    def some_day(self, first: int = 0) -> dt.date:
        """A day of the year."""
        return FIRST + dt.timedelta(self.rng.randint(first, self.step * self.deliveries))

    def add_company(self, place: int) -> None:
        ein = f"{10 + place // 1000}-{4000000 + place % 1000}"
        size = self.rng.randint(3, 9)
        expected = size + self.rng.choice([0, 0, 1, 5])
        self.companies.append(Company(ein, f"Company {place}", expected))
        self.links.append(DomainLink(f"c{place}.example", ein))
        self.add_plans(ein)
        self.add_people(place, ein, size)
        self.add_claims(ein)

    def add_plans(self, ein: str) -> None:
        """A plan that may end in the year, be renewed in time, late or never, or be withdrawn."""
        ends = self.some_day() if self.rng.random() < 0.7 else None
        withdrawn = self.some_day(30) if self.rng.random() < 0.1 else None
        self.plans.append(Known(BEGIN, withdrawn, Plan(ein, "Medical", "Cedar", BEGIN, ends)))
        if ends and self.rng.random() < 0.6:
            late = self.rng.choice([1, 1, 60, 91, 130])
            told = ends + dt.timedelta(self.rng.randint(-100, 160))
            term = Plan(ein, "Medical", "Birch", ends + dt.timedelta(late), None)
            self.plans.append(Known(told, None, term))

    def add_people(self, place: int, ein: str, size: int) -> None:
        for number in range(size):
            # The first stays, since a roster that does not mention a company says nothing of it.
            key = f"{place:04}{number:02}"
            mail = f"n{number}@c{place}.example"
            came = BEGIN if self.rng.random() < 0.8 else self.some_day()
            left = self.some_day() if number and self.rng.random() < 0.2 else None
            came = came if number else BEGIN
            if left and left <= came:
                left = None
            person = Person(f"P{key}", f"Ann N{key}", mail, ein)
            self.persons.append(Known(came, left, person))
            holder = Holder(f"E{key}", "Ann", f"N{key}", mail, BEGIN, "active")
            if self.rng.random() < 0.9:
                late = came + dt.timedelta(self.rng.choice([0, 0, 0, self.step]))
                self.holders.append(Known(late, left, holder))

    def add_claims(self, ein: str) -> None:
        """Steady claims with one jump, some known late, some of a type that is never covered."""
        jump = self.some_day() if self.rng.random() < 0.6 else dt.date.max
        length, times = self.rng.randint(20, 90), self.rng.choice([4, 8, 15])
        day = BEGIN + dt.timedelta(self.rng.randint(0, 20))
        while day <= self.days[-1]:
            is_high = jump <= day < min(jump, dt.date(9000, 1, 1)) + dt.timedelta(length)
            cents = self.rng.randint(5_000, 15_000) * (times if is_high else 1)
            kind = "Dental" if self.rng.random() < 0.03 else "Medical"
            known = day + dt.timedelta(self.rng.choice([0, 0, 0, 9, 40]))
            self.add_claim(ein, day, cents, kind, known)
            day += dt.timedelta(self.rng.randint(3, 14))
        if self.rng.random() < 0.2:
            since = self.some_day()
            amount = Decimal(self.rng.randint(100, 90_000)) / 100
            mended = self.some_day((since - FIRST).days + 1)
            self.withheld.append(Withheld(f"W{ein}", ein, amount, since, mended))

    def add_claim(self, ein: str, day: dt.date, cents: int, kind: str, known: dt.date) -> None:
        self.number += 1
        claim = Claim(f"C{self.number:07}", ein, day, Decimal(cents) / 100, kind)
        self.claims.append(Known(known, None, claim))

    def said(self, rows: list[Known], day: dt.date) -> list[object]:
        """What a snapshot of a day holds."""
        return [row.what for row in rows if row.is_said(day)]

    def told(self, since: dt.date) -> int:
        """The delivery whose file says something that is known since a day."""
        return next((n for n, day in enumerate(self.days) if since <= day), self.deliveries)

    def arrival(self, since: dt.date) -> int:
        """The delivery with which something is loaded; a refused file comes with the next."""
        place = self.told(since)
        return place + 1 if place in self.refused else place

    def arrived(self, place: int) -> list[Claim]:
        """The valid claims that have been loaded after a delivery."""
        claims = [row.what for row in self.claims if self.arrival(row.since) <= place]
        found = [claim for claim in claims if isinstance(claim, Claim)]
        mended = [one for one in self.withheld if self.arrival(one.mended) <= place]
        return found + [
            Claim(one.claim_id, one.company_ein, BEGIN, one.amount, "Medical") for one in mended
        ]

    def bad(self, place: int) -> list[Withheld]:
        """The claims that are withheld after a delivery."""
        return [
            one
            for one in self.withheld
            if self.arrival(one.since) <= place < self.arrival(one.mended)
        ]

    def claim_file(self, number: int) -> str:
        """The claims that became known since the delivery before, as CSV."""
        since = self.days[number - 1] if number else dt.date.min
        until = self.days[number]
        lines = ["claim_id,company_ein,service_date,amount,claim_type,last_updated"]
        for row in self.claims:
            claim = row.what
            if since < row.since <= until and isinstance(claim, Claim):
                lines.append(
                    f"{claim.claim_id},{claim.company_ein},{claim.service_date},{claim.amount},"
                    f"{claim.claim_type},"
                )
        for one in self.withheld:
            start = f"{one.claim_id},{one.company_ein}"
            if since < one.since <= until:
                lines.append(f"{start},{BAD},{one.amount},Medical,2025-01-01")
            if since < one.mended <= until:
                lines.append(f"{start},{BEGIN},{one.amount},Medical,2025-02-01")
        return "\n".join(lines) + "\n"

    def claim_files(self, place: int) -> Iterator[tuple[str, str]]:
        """The claim files that are written before a delivery, name and text."""
        if place - 1 in self.refused:
            yield self.file(place - 1), self.claim_file(place - 1)
        text = self.claim_file(place)
        if place in self.refused:
            text = text.replace("service_date", "nothing_known", 1)
        yield self.file(place), text

    def file(self, place: int) -> str:
        """The name of a delivery."""
        return f"{self.days[place]}.csv"
