"""Rows with one known fault each, for every rule of every feed, and clean ones between them.

A fault that can't come alone brings its companions: a title that is carried forward is missing,
too. Each planted row has companies, holders and accounts of its own: no other row touches it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from .generate_dirty import AS_OF, Company, Row
from .generate_dirty_values import BAD_DAYS, BAD_EINS, BAD_EMAILS, BAD_MOMENTS, BAD_MONEY
from .judge import (
    ACCOUNTS,
    CLAIMS,
    EMPLOYEES,
    HOLDERS,
    PLANS,
    SHAPES,
    TRANSACTIONS,
    DeliveredFile,
    Deliveries,
    Delivery,
    Spot,
)

MISSING = ("", " ", "NULL", "n/a", "NA", "none", "NaN", "-", "\u00a0")
BLANKS = ("", " ", "\t", "\u00a0\u2003")
LATER = (AS_OF + dt.timedelta(days=1)).isoformat()
FAR = "9999-12-31"


@dataclass(slots=True)
class Planted:
    """What is delivered, once or twice, and what every row that counts should be found to be."""

    first: dict[str, list[Row]] = field(default_factory=lambda: {feed: [] for feed in SHAPES})
    then: dict[str, list[Row]] = field(default_factory=lambda: {feed: [] for feed in SHAPES})
    companies: list[Company] = field(default_factory=list)
    faults: dict[tuple[str, Spot], frozenset[str]] = field(default_factory=dict)


class Planter:
    """Plants `copies` rows of every fault, spelled differently.

    Args:
        copies: rows of each kind of fault.
    """

    def __init__(self, copies: int) -> None:
        self.copies = copies
        self.made = Planted()
        self.number = 0

    def plant(self) -> Planted:
        for copy in range(self.copies):
            for feed, rows in (
                (EMPLOYEES, self.employees(copy)),
                (PLANS, self.plans(copy)),
                (CLAIMS, self.claims(copy)),
                (HOLDERS, self.holders(copy)),
                (ACCOUNTS, self.accounts(copy)),
                (TRANSACTIONS, self.transactions(copy)),
            ):
                for row, faults in rows:
                    self.put(feed, row, faults)
        return self.made

    def put(self, feed: str, row: Row, faults: Sequence[str] | None) -> None:
        """Deliver a row; None for the faults: it is superseded, or stands there for others."""
        self.made.first[feed].append(row)
        if faults is not None:
            spot = "2025-01/planted.csv", len(self.made.first[feed])
            self.made.faults[feed, spot] = frozenset(faults)

    def next(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}-planted-{self.number}"

    def company(self, is_listed: bool = True) -> Company:
        self.number += 1
        ein, domain = f"95-{self.number:07d}", f"planted{self.number}.example"
        company = Company(ein, domain, is_listed, [ein] if is_listed else [])
        self.made.companies.append(company)
        return company

    # Rows without a fault

    def person(self, company: Company | None = None, **faulty: str) -> Row:
        company = company or self.company()
        person_id = self.next("P")
        return {
            "person_id": person_id,
            "full_name": "Ann Planted",
            "title": "Clerk",
            "email": f"{person_id}@{company.domain}",
            "company_ein": company.company_ein,
            "start_date": "2024-01-02",
            "notes": "",
            "last_updated": "",
            **faulty,
        }

    def plan(self, company: Company | None = None, **faulty: str) -> Row:
        return {
            "company_ein": (company or self.company()).company_ein,
            "plan_type": "Medical",
            "carrier_name": "Planted Health",
            "start_date": "2024-01-01",
            "end_date": "",
            "last_updated": "",
            **faulty,
        }

    def covered_claim(self, company: Company | None = None, **faulty: str) -> Row:
        """A claim of a company with a plan."""
        company = company or self.company()
        self.put(PLANS, self.plan(company), [] if company.is_listed else ["unknown_company"])
        return {
            "claim_id": self.next("C"),
            "company_ein": company.company_ein,
            "service_date": "2025-02-03",
            "amount": "120.00",
            "claim_type": "Medical",
            "last_updated": "",
            **faulty,
        }

    def holder(self, **faulty: str) -> Row:
        employee_id = self.next("E")
        return {
            "employee_id": employee_id,
            "first_name": "Bo",
            "last_name": "Planted",
            "email": f"{employee_id}@planted.example",
            "hire_date": "2024-01-02",
            "status": "active",
            "termination_date": "",
            "last_updated": "",
            **faulty,
        }

    def owned_account(self, holder: Row | None = None, **faulty: str) -> Row:
        """An account and its holder."""
        if holder is None:
            holder = self.holder()
            self.put(HOLDERS, holder, [])
        return {
            "benefit_account_id": self.next("BA"),
            "employee_id": holder["employee_id"],
            "benefit_type": "meals",
            "program_name": "Lunch Card",
            "monthly_allowance": "100.00",
            "current_balance": "5.00",
            "last_updated": "",
            **faulty,
        }

    def payment(self, holder: Row | None = None, **faulty: str) -> Row:
        """A transaction with a holder and an account of its own."""
        account = self.owned_account(holder)
        self.put(ACCOUNTS, account, [])
        return {
            "transaction_id": self.next("T"),
            "employee_id": account["employee_id"],
            "benefit_account_id": account["benefit_account_id"],
            "merchant": "Corner Café",
            "amount": "12.50",
            "timestamp": "2025-03-04T10:00:00Z",
            "category": "food",
            "last_updated": "",
            **faulty,
        }

    # Faults

    def employees(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        missing, unreadable = MISSING[copy % len(MISSING)], BAD_MOMENTS[copy % len(BAD_MOMENTS)]
        bad_ein, bad_day = BAD_EINS[copy % len(BAD_EINS)], BAD_DAYS[copy % len(BAD_DAYS)]
        yield self.person(), []
        yield self.person(person_id=missing), ["missing_person_id"]
        yield self.person(start_date=bad_day), ["invalid_start_date"]
        yield self.person(start_date=missing), ["invalid_start_date"]
        yield self.person(email=BAD_EMAILS[copy % len(BAD_EMAILS)]), ["invalid_email"]
        yield self.person(email=missing), ["missing_email"]
        yield self.person(title=missing), ["missing_title"]
        former = self.person()
        self.put(EMPLOYEES, former, None)
        self.made.then[EMPLOYEES].append({**former, "title": missing})
        spot = "2025-02/planted.csv", len(self.made.first[EMPLOYEES])
        self.made.faults[EMPLOYEES, spot] = frozenset({"missing_title", "title_carried_forward"})
        yield self.person(company_ein=missing), ["company_inferred"]
        nowhere = f"someone{copy}@nowhere.example"
        yield self.person(company_ein=missing, email=nowhere), ["company_unresolved"]
        yield self.person(self.company(is_listed=False)), ["unknown_company"]
        other = self.company().company_ein
        yield self.person(company_ein=other), ["company_domain_mismatch"]
        yield self.person(company_ein=bad_ein), ["invalid_company_ein", "company_inferred"]
        yield self.person(start_date=(LATER, FAR)[copy % 2]), ["future_start_date"]
        yield self.person(last_updated=unreadable), ["invalid_last_updated"]
        former = self.person(last_updated="2025-02-03T04:05:06Z")
        yield former, None
        yield {**former, "last_updated": "2025-02-03T04:05:06.000001Z"}, ["duplicate_key"]

    def plans(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        missing, bad_day = MISSING[copy % len(MISSING)], BAD_DAYS[copy % len(BAD_DAYS)]
        yield self.plan(), []
        wrong_ein = (missing, BAD_EINS[copy % len(BAD_EINS)])[copy % 2]
        # Without a key the whole row is the key: the copies must not be each other's repeats.
        named = f"Planted {copy}"
        yield self.plan(company_ein=wrong_ein, carrier_name=named), ["missing_company_ein"]
        yield self.plan(plan_type=missing), ["missing_plan_type"]
        yield self.plan(start_date=(missing, bad_day)[copy % 2]), ["invalid_start_date"]
        yield self.plan(end_date=bad_day), ["invalid_end_date"]
        yield self.plan(end_date="2023-12-31"), ["end_before_start"]
        yield self.plan(end_date="2024-01-01"), []
        yield self.plan(end_date=FAR), []
        yield self.plan(self.company(is_listed=False)), ["unknown_company"]
        yield self.plan(plan_type=f"Pet {copy}"), ["unknown_plan_type"]
        twice = self.company()
        yield self.plan(twice, end_date="2024-06-30"), ["overlapping_coverage"]
        yield self.plan(twice, start_date="2024-06-30"), ["overlapping_coverage"]
        adjacent = self.company()
        yield self.plan(adjacent, end_date="2024-06-30"), []
        yield self.plan(adjacent, start_date="2024-07-01"), []
        alike, both = self.company(), ["overlapping_coverage", "duplicate_plan_key"]
        yield self.plan(alike), both
        yield self.plan(alike, carrier_name="PLANTED Health"), both
        former = self.plan(last_updated="2025-02-03")
        yield former, None
        later = {**former, "last_updated": "2025-02-03T00:01Z", "plan_type": "medical"}
        yield later, ["duplicate_plan_key", "duplicate_key"]
        unreadable = BAD_MOMENTS[copy % len(BAD_MOMENTS)]
        yield self.plan(last_updated=unreadable), ["invalid_last_updated"]

    def claims(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        missing = MISSING[copy % len(MISSING)]
        claim = self.covered_claim
        yield claim(), []
        yield claim(claim_id=missing), ["missing_claim_id"]
        bad_ein = (missing, BAD_EINS[copy % len(BAD_EINS)])[copy % 2]
        yield claim(company_ein=bad_ein), ["missing_company_ein"]
        yield claim(amount=BAD_MONEY[copy % len(BAD_MONEY)]), ["invalid_amount"]
        yield claim(amount=missing), ["invalid_amount"]
        yield claim(service_date=BAD_DAYS[copy % len(BAD_DAYS)]), ["invalid_service_date"]
        yield claim(service_date=missing), ["invalid_service_date"]
        yield claim(service_date=LATER), ["future_service_date"]
        yield claim(service_date=AS_OF.isoformat()), []
        yield claim(self.company(is_listed=False)), ["unknown_company"]
        both = ["unknown_claim_type", "no_coverage_on_service_date"]
        yield claim(claim_type=("Pet", missing)[copy % 2]), both
        yield claim(amount=("-12.00", "(12.00)", "$-1,200.00")[copy % 3]), ["reversal"]
        yield claim(amount=("0", "0.00", "-0.00", "(0)")[copy % 4]), ["zero_amount"]
        yield claim(service_date="2023-12-31"), ["no_coverage_on_service_date"]
        yield claim(claim_type="Dental"), ["no_coverage_on_service_date"]
        unreadable = BAD_MOMENTS[copy % len(BAD_MOMENTS)]
        yield claim(last_updated=unreadable), ["invalid_last_updated"]
        former = claim(last_updated="2025-02-03T04:05:06+02:00")
        yield {**former, "last_updated": "2025-02-03T03:05:06Z"}, ["duplicate_key"]
        yield former, None

    def holders(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        missing = MISSING[copy % len(MISSING)]
        yield self.holder(), []
        yield self.holder(hire_date=missing), []
        yield self.holder(employee_id=missing, last_name=f"Nr {copy}"), ["missing_employee_id"]
        yield self.holder(hire_date=BAD_DAYS[copy % len(BAD_DAYS)]), ["invalid_hire_date"]
        yield self.holder(email=BAD_EMAILS[copy % len(BAD_EMAILS)]), ["invalid_email"]
        yield self.holder(status=("on leave", missing)[copy % 2]), ["unknown_status"]
        unreadable = BAD_MOMENTS[copy % len(BAD_MOMENTS)]
        yield self.holder(last_updated=unreadable), ["invalid_last_updated"]
        former = self.holder(last_updated="2025-02-03")
        yield former, None
        yield {**former, "last_updated": "2025-02-04", "status": "TERMINATED"}, ["duplicate_key"]

    def accounts(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        missing, bad_money = MISSING[copy % len(MISSING)], BAD_MONEY[copy % len(BAD_MONEY)]
        account = self.owned_account
        yield account(), []
        yield account(benefit_account_id=missing), ["missing_benefit_account_id"]
        yield account(monthly_allowance=(missing, bad_money)[copy % 2]), ["invalid_allowance"]
        unknown = (missing, f"E-nobody-{copy}")[copy % 2]
        yield account(employee_id=unknown), ["invalid_employee_id"]
        withheld = self.holder(hire_date="2024-02-30")
        self.put(HOLDERS, withheld, ["invalid_hire_date"])
        yield account(withheld), ["invalid_employee_id"]
        yield account(current_balance=("-0.01", "(5.00)")[copy % 2]), ["negative_balance"]
        yield account(benefit_type=("parking", missing)[copy % 2]), ["unknown_benefit_type"]
        unreadable = BAD_MOMENTS[copy % len(BAD_MOMENTS)]
        yield account(last_updated=unreadable), ["invalid_last_updated"]
        former = account(last_updated="2025-02-03")
        yield former, None
        yield {**former, "last_updated": "2025-02-04"}, ["duplicate_key"]

    def transactions(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        missing = MISSING[copy % len(MISSING)]
        paid = self.payment
        yield paid(), []
        yield paid(transaction_id=missing), ["missing_transaction_id"]
        one = paid()
        contradiction = ["conflicting_duplicate", "duplicate_key"]
        yield one, contradiction
        yield {**one, "amount": "12.51"}, contradiction
        yield paid(amount=BAD_MONEY[copy % len(BAD_MONEY)]), ["invalid_amount"]
        yield paid(amount=missing), ["invalid_amount"]
        yield paid(timestamp=BAD_MOMENTS[copy % len(BAD_MOMENTS)]), ["invalid_timestamp"]
        yield paid(timestamp=missing), ["invalid_timestamp"]
        yield paid(amount=("-0.01", "(12.50)")[copy % 2]), ["negative_amount"]
        left = self.holder(status="terminated", termination_date="2025-03-04")
        self.put(HOLDERS, left, [])
        yield paid(left), ["terminated_employee"]
        yield paid(left, timestamp="2025-03-03T23:59:59.999999Z"), []
        yield paid(left, timestamp="2025-03-04T00:30:00+01:00"), []
        always = self.holder(status="Terminated")
        self.put(HOLDERS, always, [])
        yield paid(always), ["terminated_employee"]
        yield paid(employee_id=missing), ["invalid_employee_id"]
        unknown = (missing, f"BA-nothing-{copy}")[copy % 2]
        yield paid(benefit_account_id=unknown), ["invalid_benefit_account_id"]
        other = self.holder()
        self.put(HOLDERS, other, [])
        yield paid(employee_id=other["employee_id"]), ["cross_employee_account_usage"]
        yield paid(timestamp=LATER), ["future_timestamp"]
        yield paid(timestamp=f"{AS_OF}T23:59:59Z"), []
        yield paid(category=("gym", "travel")[copy % 2]), ["category_mismatch"]
        yield paid(category=missing), ["missing_category"]
        yield paid(amount=("0", "-0.00", "$0")[copy % 3]), ["zero_amount"]
        one = paid(amount="60.00", timestamp="2025-03-01T00:00:00Z")
        again = replace_id(one, self.next("T"))
        third = replace_id(one, self.next("T"))
        yield {**one, "amount": "40.00"}, []
        yield {**again, "timestamp": "2025-03-30T00:00:00Z"}, []
        yield {**third, "timestamp": "2025-03-31T23:59:59Z"}, ["over_monthly_allowance"]
        yield paid(timestamp="2024-01-01T23:59:59Z"), ["before_hire_date"]
        yield paid(timestamp="2024-01-02T00:00:00Z"), []
        yield paid(merchant=BLANKS[copy % len(BLANKS)]), ["missing_merchant"]
        yield paid(merchant="N/A"), []
        one = paid(timestamp="2025-03-04T10:00:00Z", amount="1.00")
        late, border = replace_id(one, self.next("T")), replace_id(one, self.next("T"))
        yield {**late, "timestamp": "2025-03-04T10:10:00.000001Z"}, []
        yield {**border, "timestamp": "2025-03-04T10:05:00Z"}, ["suspected_duplicate"]
        yield one, []
        unreadable = BAD_MOMENTS[copy % len(BAD_MOMENTS)]
        yield paid(last_updated=unreadable), ["invalid_last_updated"]
        former = paid(last_updated="2025-02-03")
        yield former, None
        yield {**former, "last_updated": "2025-02-04"}, ["duplicate_key"]


def replace_id(row: Row, transaction_id: str) -> Row:
    return {**row, "transaction_id": transaction_id}


def plant(copies: int) -> Planted:
    return Planter(copies).plant()


def with_planted(deliveries: Deliveries, planted: Planted) -> dict[str, list[Delivery]]:
    """Add a file planted.csv to the first delivery of each feed, and to all of a snapshot."""
    merged: dict[str, list[Delivery]] = {}
    for feed, several in deliveries.items():
        changed = {row[SHAPES[feed].key[0]]: row for row in planted.then[feed]}
        later = [changed.get(row[SHAPES[feed].key[0]], row) for row in planted.first[feed]]
        merged[feed] = []
        for number, delivery in enumerate(several, start=1):
            if number > 1 and SHAPES[feed].mode == "delta":
                merged[feed].append(delivery)
                continue
            rows = later if number > 1 else planted.first[feed]
            file = DeliveredFile(f"2025-{number:02d}/planted.csv", rows)
            merged[feed].append(replace(delivery, files=[*delivery.files, file]))
    return merged
