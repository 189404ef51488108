"""The clean, valid rows that references read and generators make, and exact rounding."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

UNMAPPED = "UNMAPPED"
PLAN_TYPES = ("Medical", "Dental", "Vision")  # the allowed ones
EARLIEST_DATE = dt.date(1990, 1, 1)

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Delivery(Generic[Row]):
    """A whole snapshot, as of its day."""

    day: dt.date
    rows: list[Row] = field(default_factory=list)


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
    """A plan as one delivery holds it."""

    company_ein: str
    plan_type: str
    carrier_name: str | None
    start_date: dt.date
    end_date: dt.date | None
    plan_name: str | None = None
    last_updated: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.end_date is None or self.end_date.year == 9999

    @property
    def is_sound(self) -> bool:
        """Valid by itself."""
        is_real = self.is_open or (self.end_date is not None and self.end_date >= self.start_date)
        return is_real and self.start_date >= EARLIEST_DATE

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two rows one plan; a row without a carrier is one by itself."""
        option = (self.plan_name or "").lower()
        own = (self.end_date, self.last_updated) if self.carrier_name is None else ()
        term = self.company_ein, self.plan_type, self.carrier_name, option, self.start_date
        return (*term, *own)


@dataclass(frozen=True, slots=True)
class Claim:
    claim_id: str
    company_ein: str
    service_date: dt.date
    amount: Decimal
    claim_type: str
    line_number: str | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """A row of a sender whose claims are movements: the texts that it delivers."""

    claim_id: str
    line_number: str
    company_ein: str
    service_date: str
    paid_date: str
    amount: str
    claim_type: str
    claim_status: str


@dataclass(frozen=True, slots=True)
class Person:
    """A valid, undeleted person of benefits_admin; company_ein as delivered."""

    person_id: str
    full_name: str | None
    email: str | None
    company_ein: str | None
    status: str | None = None
    termination_date: dt.date | None = None

    def has_left(self, as_of: dt.date) -> bool:
        """The date decides where there is one, else the status."""
        if self.termination_date:
            return self.termination_date <= as_of
        return (self.status or "").lower() == "terminated"


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

    def has_left(self, today: dt.date) -> bool:
        """What is_terminated says: by status, or by a date that has come."""
        is_past = self.termination_date is not None and self.termination_date <= today
        return is_past or self.status.lower() == "terminated"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as one delivery holds it; no allowance is an unlimited one.

    Not readable: its allowance or its period says nothing.
    """

    benefit_account_id: str
    employee_id: str
    benefit_type: str
    program_name: str
    monthly_allowance: Decimal | None
    allowance_period: str = "month"
    last_updated: dt.datetime | None = None
    is_readable: bool = True


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
    transaction_type: str | None = None
    transaction_status: str | None = None
    currency: str | None = None

    @property
    def utc_day(self) -> dt.date:
        return self.paid_at.astimezone(dt.UTC).date()


@dataclass(slots=True)
class Dataset:
    """All that is delivered; files of snapshots and of bookings are in their order."""

    companies: list[Company] = field(default_factory=list)
    domain_links: list[DomainLink] = field(default_factory=list)
    plan_files: list[Delivery[Plan]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    booking_files: list[list[Booking]] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    account_files: list[Delivery[Account]] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)


def shown_name(company_ein: str, companies: dict[str, Company]) -> str:
    """The company's name, or its EIN where it has none."""
    company = companies.get(company_ein)
    return company.company_name if company and company.company_name else company_ein


def round_half_away(value: Fraction, places: int) -> Decimal:
    """Round exactly, halves away from zero."""
    units = int(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(units if value >= 0 else -units).scaleb(-places)
