"""Roster mismatch by counting, and the two rosters compared person by person."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from .records import UNMAPPED, Company, DomainLink, Holder, Person, shown_name

DELETED_IN_NAMES = "'’ʼ`."
UNKNOWN_COMPANY = None  # company_ein in roster_differences of someone whose company is not known


class Directory:
    """Which company an e-mail address names: the only one its domain has, else none."""

    def __init__(self, links: Iterable[DomainLink]) -> None:
        self._companies_of: dict[str, set[str]] = defaultdict(set)
        for link in links:
            self._companies_of[link.email_domain.lower()].add(link.company_ein)

    def by_email(self, email: str | None) -> str | None:
        if email is None:
            return None
        named = self._companies_of.get(normalised(email).split("@")[1], set())
        return next(iter(named)) if len(named) == 1 else None

    def of_person(self, person: Person) -> str | None:
        return person.company_ein or self.by_email(person.email)

    def of_holder(self, holder: Holder) -> str | None:
        return self.by_email(holder.email)


def normalised(email: str) -> str:
    return email.strip().lower()


def roster_mismatch(
    companies: Iterable[Company],
    persons: Iterable[Person],
    links: Iterable[DomainLink],
    as_of: dt.date,
    bands: tuple[int, ...] = (20, 50, 100),
) -> list[dict[str, Any]]:
    """Rows of marts.roster_mismatch; pct_diff is an exact Fraction."""
    directory = Directory(links)
    seeded = {company.company_ein: company for company in companies}
    observed: Counter[str] = Counter()
    terminated: Counter[str] = Counter()
    for person in persons:
        found = terminated if person.has_left(as_of) else observed
        found[directory.of_person(person) or UNMAPPED] += 1
    rows = []
    for company_ein in sorted({*seeded, *observed}):
        count = observed[company_ein]
        company = seeded.get(company_ein)
        expected = company.expected_employees if company else None
        pct_diff, severity = judged(count, expected, bands)
        difference = None if expected is None else count - expected
        rows.append(
            {
                "company_ein": company_ein,
                "company_name": shown_name(company_ein, seeded),
                "expected": expected,
                "observed": count,
                "terminated": terminated[company_ein],
                "quarantined": 0,
                "difference": difference,
                "pct_diff": pct_diff,
                "direction": direction(difference),
                "severity": severity,
            }
        )
    return rows


def judged(
    observed: int, expected: int | None, bands: tuple[int, ...]
) -> tuple[Fraction | None, str]:
    """pct_diff and severity."""
    if expected is None:
        return None, "Unknown"
    if expected == 0:
        return (Fraction(0), "Low") if observed == 0 else (None, "Critical")
    pct_diff = Fraction(abs(observed - expected) * 100, expected)
    low, medium, high = bands
    if pct_diff < low:
        return pct_diff, "Low"
    if pct_diff < medium:
        return pct_diff, "Medium"
    return pct_diff, "High" if pct_diff <= high else "Critical"


def direction(difference: int | None) -> str | None:
    if difference is None:
        return None
    if difference == 0:
        return "match"
    return "over" if difference > 0 else "under"


def roster_differences(
    persons: Iterable[Person],
    holders: Iterable[Holder],
    links: Iterable[DomainLink],
    as_of: dt.date,
    today: dt.date,
) -> list[dict[str, Any]]:
    """Rows of marts.roster_differences; `today` is that of the account holders."""
    directory = Directory(links)
    rows: list[dict[str, Any]] = []
    persons_by_email: dict[str, list[Person]] = defaultdict(list)
    holders_by_email: dict[str, list[Holder]] = defaultdict(list)

    def add(
        side: str, difference_type: str, person: Person | None = None, holder: Holder | None = None
    ) -> None:
        of_person = directory.of_person(person) if person else None
        of_holder = directory.of_holder(holder) if holder else None
        rows.append(
            {
                "company_ein": of_person or of_holder or UNKNOWN_COMPANY,
                "side": side,
                "person_id": person.person_id if person else None,
                "employee_id": holder.employee_id if holder else None,
                "difference_type": difference_type,
            }
        )

    for person in persons:
        if person.has_left(as_of):
            continue
        if person.email is None:
            add("benefits_admin_only", "missing_in_spend_accounts", person=person)
        else:
            persons_by_email[normalised(person.email)].append(person)
    for holder in holders:
        if holder.email is None:
            add("spend_accounts_only", "missing_in_benefits_admin", holder=holder)
        else:
            holders_by_email[normalised(holder.email)].append(holder)

    for email in sorted({*persons_by_email, *holders_by_email}):
        here, there = persons_by_email.get(email, []), holders_by_email.get(email, [])
        if len(here) > 1 or len(there) > 1:
            both = bool(here and there)
            for person in here:
                add("both" if both else "benefits_admin_only", "ambiguous_email", person=person)
            for holder in there:
                add("both" if both else "spend_accounts_only", "ambiguous_email", holder=holder)
        elif not there:
            add("benefits_admin_only", "missing_in_spend_accounts", person=here[0])
        elif not here:
            add("spend_accounts_only", "missing_in_benefits_admin", holder=there[0])
        else:
            person, holder = here[0], there[0]
            if holder.has_left(today):
                add("both", "terminated_on_roster", person, holder)
            if names_differ(person, holder):
                add("both", "name_differs", person, holder)
            employer, account_company = directory.of_person(person), directory.of_holder(holder)
            if employer and account_company and employer != account_company:
                add("both", "company_differs", person, holder)
    return rows


def names_differ(person: Person, holder: Holder) -> bool:
    """Whether their words differ; a name that one side lacks is no difference."""
    here = words(person.full_name or "")
    there = words(" ".join(filter(None, [holder.first_name, holder.last_name])))
    return bool(here and there) and here != there


def words(name: str) -> set[str]:
    """The words of a name, whatever their order, case, accents and punctuation."""
    letters = []
    for letter in unicodedata.normalize("NFD", name).lower():
        if letter in DELETED_IN_NAMES or unicodedata.combining(letter):
            continue
        letters.append(" " if unicodedata.category(letter).startswith("P") else letter)
    return set("".join(letters).split())
