"""The clean, valid rows that references read and generators make, and exact rounding."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

UNMAPPED = "UNMAPPED"


@dataclass(frozen=True, slots=True)
class Company:
    company_ein: str
    company_name: str | None
    expected_employees: int | None


@dataclass(frozen=True, slots=True)
class DomainLink:
    email_domain: str
    company_ein: str


@dataclass(frozen=True, slots=True)
class Plan:
    company_ein: str
    plan_type: str
    carrier_name: str | None
    start_date: dt.date
    end_date: dt.date | None

    @property
    def is_open(self) -> bool:
        return self.end_date is None or self.end_date.year == 9999


@dataclass(frozen=True, slots=True)
class Claim:
    claim_id: str
    company_ein: str
    service_date: dt.date
    amount: Decimal
    claim_type: str


@dataclass(frozen=True, slots=True)
class Person:
    """A valid, undeleted person of benefits_admin; company_ein as delivered."""

    person_id: str
    full_name: str | None
    email: str | None
    company_ein: str | None


@dataclass(frozen=True, slots=True)
class Holder:
    """A valid, undeleted employee of spend_accounts."""

    employee_id: str
    first_name: str | None
    last_name: str | None
    email: str | None
    hire_date: dt.date | None
    status: str
    termination_date: dt.date | None = None

    @property
    def is_terminated(self) -> bool:
        return self.status.lower() == "terminated"


@dataclass(frozen=True, slots=True)
class Account:
    benefit_account_id: str
    employee_id: str
    benefit_type: str
    program_name: str
    monthly_allowance: Decimal


@dataclass(frozen=True, slots=True)
class Transaction:
    """paid_at carries the offset in which it was delivered; the day that counts is the UTC one."""

    transaction_id: str
    employee_id: str
    benefit_account_id: str
    merchant: str
    amount: Decimal
    paid_at: dt.datetime
    category: str | None

    @property
    def utc_day(self) -> dt.date:
        return self.paid_at.astimezone(dt.UTC).date()


@dataclass(slots=True)
class Dataset:
    companies: list[Company] = field(default_factory=list)
    domain_links: list[DomainLink] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)


def shown_name(company_ein: str, companies: dict[str, Company]) -> str:
    """The company's name, or its EIN where it has none."""
    company = companies.get(company_ein)
    return company.company_name if company and company.company_name else company_ein


def round_half_away(value: Fraction, places: int) -> Decimal:
    """Round exactly, halves away from zero."""
    units = int(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(units if value >= 0 else -units).scaleb(-places)
