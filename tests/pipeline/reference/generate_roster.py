"""Two rosters that differ in every way that counts, and head counts on the borders of the bands."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterable
from random import Random

from .generate_claims import Knobs
from .records import Company, DomainLink, Holder, Person

FIRST = ("Ann", "Bo", "Chloé", "Mary Ann", "D'Arcy", "Émile", "Jürgen", "Nan", "José", "Li")
LAST = ("Lee", "O'Neil", "Null", "Smith-Jones", "van Dyk", "Åberg", "Garcia", "None", "Wu")
SIZES = (0, 1, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 20, 21)
STRANGE_DOMAIN = "mail.nowhere.test"


class Roster:
    """The persons of both systems, company by company; a company's neighbour is the one before."""

    def __init__(self, knobs: Knobs) -> None:
        self.knobs = knobs
        self.links: list[DomainLink] = []
        self.persons: list[Person] = []
        self.holders: list[Holder] = []
        self.headcount: Counter[str | None] = Counter()
        self.neighbour: tuple[str, str] | None = None

    def add_company(self, rng: Random, company_ein: str, case: int) -> None:
        domain, inferred = self._domains(rng, company_ein, case)
        for number in range(rng.choice(SIZES)):
            self._add_person(rng, f"{case}.{number}", company_ein, domain, inferred)
        for number in range(rng.choice([0, 0, 0, 1, 2])):
            self._add_holder(rng, f"{case}.{number}x", f"extra{number}.{case}@{domain}", None)
        if rng.random() < 0.35:
            self._add_shared_email(rng, company_ein, case, domain, inferred)
        self.neighbour = company_ein, domain

    def _domains(self, rng: Random, company_ein: str, case: int) -> tuple[str, str | None]:
        """The case's e-mail domain and the company that it names."""
        domain = f"c{case}.example.test"
        kind = rng.random()
        if kind < 0.15:
            return domain, None
        self.links.append(DomainLink(domain, company_ein))
        if kind < 0.30 and self.neighbour:
            self.links.append(DomainLink(domain, self.neighbour[0]))
            return domain, None
        if kind < 0.40:
            self.links.append(DomainLink(f"second.{domain}", company_ein))
            if rng.random() < 0.5:
                return f"second.{domain}", company_ein
        return domain, company_ein

    def _add_person(
        self, rng: Random, tag: str, company_ein: str, domain: str, inferred: str | None
    ) -> None:
        own = company_ein if rng.random() < 0.6 or not inferred else None
        own = None if rng.random() < 0.04 else own
        email: str | None = f"p{tag}@{domain}"
        kind = rng.random()
        if kind < 0.10:
            email = None
        elif kind < 0.16:
            email = f"p{tag}@{STRANGE_DOMAIN}"
        elif kind < 0.24 and self.neighbour:
            email = f"p{tag}@{self.neighbour[1]}"
        first, last = rng.choice(FIRST), rng.choice(LAST)
        full_name = None if rng.random() < 0.05 else written(rng, first, last)
        status, ended = self._departure(rng)
        person = Person(f"P{tag}", full_name, cased(rng, email), own, status, ended)
        self._enter(person, domain, inferred)
        if email and rng.random() < 0.75:
            self._add_holder(rng, tag, email, (first, last))

    def _departure(self, rng: Random) -> tuple[str | None, dt.date | None]:
        """Status and termination date on the roster, which may contradict each other."""
        if rng.random() < 0.8:
            return rng.choice([None, "active", "Active"]), None
        status = rng.choice([None, "active", "terminated", "terminated", "Terminated", "seconded"])
        back = rng.choice([-40, -1, 0, 0, 1, 300])
        ended = self.knobs.claims_as_of - dt.timedelta(days=back)
        return status, None if rng.random() < 0.3 else ended

    def _enter(self, person: Person, domain: str, inferred: str | None) -> None:
        """Keep the head count by which expectations are chosen; it need not be exact."""
        at_domain = person.email is not None and person.email.lower().endswith(f"@{domain}")
        if not person.has_left(self.knobs.claims_as_of):
            self.headcount[person.company_ein or (inferred if at_domain else None)] += 1
        self.persons.append(person)

    def _add_holder(
        self, rng: Random, tag: str, email: str | None, name: tuple[str, str] | None
    ) -> None:
        first, last = misspelled(rng, *(name or (rng.choice(FIRST), rng.choice(LAST))))
        if rng.random() < 0.06:
            email = None
        hired = self.knobs.spend_as_of - dt.timedelta(days=rng.randint(0, 2000))
        status, ended = "active", None
        if rng.random() < 0.16:
            status = rng.choice(["terminated", "terminated", "Terminated", "active", "on leave"])
            ended = hired + dt.timedelta(days=rng.randint(0, 900))
        elif rng.random() < 0.05:  # about the days that may be today
            status = rng.choice(["active", "terminated"])
            ended = self.knobs.spend_as_of + dt.timedelta(days=rng.choice([-1, 0, 1, 4, 5, 6]))
        if status == "terminated" and rng.random() < 0.1:
            ended = None
        holder = Holder(f"E{tag}", first, last, cased(rng, email), hired, status, ended)
        self.holders.append(holder)

    def _add_shared_email(
        self, rng: Random, company_ein: str, case: int, domain: str, inferred: str | None
    ) -> None:
        """One address for several: two on one side are enough, whatever the other side has."""
        here, there = rng.choice([(2, 0), (2, 1), (1, 2), (0, 2), (2, 2), (3, 1), (1, 3)])
        email = f"office.{case}@{domain}"
        for number in range(here):
            own = rng.choice([company_ein, None])
            ended = self._departure(rng)
            person = Person(f"P{case}.s{number}", "Ann Lee", cased(rng, email), own, *ended)
            self._enter(person, domain, inferred)
        for number in range(there):
            status = rng.choice(["active", "active", "terminated"])
            gone_on = self.knobs.spend_as_of if status == "terminated" else None
            hired = self.knobs.spend_as_of - dt.timedelta(days=100)
            self.holders.append(
                Holder(f"E{case}.s{number}", "Bo", "Wu", cased(rng, email), hired, status, gone_on)
            )

    def add_crowd(self, company_ein: str, case: int, size: int) -> None:
        """A large company, for borders that two decimals would round away."""
        self.links.append(DomainLink(f"c{case}.example.test", company_ein))
        for number in range(size):
            self._enter(Person(f"P{case}.{number}", "Ann Lee", None, company_ein), "", None)


def written(rng: Random, first: str, last: str) -> str:
    """A full name, perhaps as another system writes it."""
    kind = rng.random()
    if kind < 0.06:
        return f"{last}, {first}"
    if kind < 0.09:
        return unicodedata.normalize("NFD", f"{first} {last}")
    if kind < 0.12:
        return f"{last.upper()} ({first})"
    return f"{first} {last}"


def misspelled(rng: Random, first: str, last: str) -> tuple[str | None, str | None]:
    """The name of a holder: most differ in nothing, many in nothing that counts, some do."""
    changes: tuple[tuple[float, str | None, str | None], ...] = (
        (0.06, last, first),
        (0.04, f"{first} M.", last),  # another word
        (0.05, first.upper(), last.lower()),
        (0.03, None, None),
        (0.03, first.replace("é", "e").replace("ü", "u"), last.replace("Å", "A")),
        (0.03, first.replace(" ", "   "), last),
        (0.03, first.replace("'", rng.choice("’ʼ`")), last.replace("'", rng.choice("’ʼ`"))),
        (0.03, first.replace("'", ""), last.replace("'", "")),
        (0.03, first.replace("'", " "), last.replace("'", " ")),  # other words
        (0.03, first, last.replace("-", rng.choice([" ", "–", "/", "_"]))),
        (0.02, first, last.replace("-", "")),  # another word
        (0.02, f"{first}.", f"{last}, {last}"),
        (0.02, f"{first} {last}", None),
        (0.01, "-", "..."),  # no word at all
    )
    kind = rng.random()
    for odds, new_first, new_last in changes:
        if kind < odds:
            return new_first, new_last
        kind -= odds
    return first, last


def cased(rng: Random, email: str | None) -> str | None:
    """E-mail is compared in lower case; one in five is not delivered so."""
    if email is None or rng.random() < 0.8:
        return email
    return email.upper() if rng.random() < 0.5 else email.capitalize()


def expectation(rng: Random, observed: int, bands: Iterable[int]) -> int | None:
    """An expected head count on, or next to, a border of the bands."""
    exact = [
        expected
        for expected in range(1, 80)
        if any(abs(observed - expected) * 100 == band * expected for band in bands)
    ]
    beside = [expected + step for expected in exact for step in (-1, 1)]
    plain = [0, observed, observed + 1, max(observed - 1, 0), rng.randint(0, 60)]
    pools: list[list[int | None]] = [[None], [*plain], [*plain], [*beside], [*exact], [*exact]]
    return rng.choice(rng.choice([pool for pool in pools if pool]))


def company_row(rng: Random, company_ein: str, case: int, expected: int | None) -> Company | None:
    """The company's row in the seed: most have one, some without a name."""
    kind = rng.random()
    if kind < 0.08:
        return None
    return Company(company_ein, None if kind < 0.13 else f"Company {case}", expected)
