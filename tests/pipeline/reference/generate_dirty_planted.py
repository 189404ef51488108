"""Rows with one known fault each, for every rule of every feed, and rows that almost have it.

A fault that can't come alone brings its companions: a title that is carried forward is missing,
too. A name after ~ is a rule that the row comes close to and keeps. Each planted row has
companies, holders and accounts of its own: no other row touches it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from .generate_dirty import AS_OF, Company, delivery_day, delivery_name
from .generate_dirty_values import (
    BAD_DAYS,
    BAD_EINS,
    BAD_EMAILS,
    BAD_ENDS,
    BAD_MOMENTS,
    BAD_MONEY,
    LONG_AGO,
    NAMED,
    NO_ENDS,
    NOT_NAMED,
    NOT_TOLD,
    SSNS,
    TOLD,
    Row,
    named,
)
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
EARLIER = (AS_OF - dt.timedelta(days=1)).isoformat()
FAR = "9999-12-31"
EARLIEST = ("1990-01-01", "01/01/1990", "1-Jan-90")
GONE = (*LONG_AGO, *NO_ENDS)  # that no one has left
# Good values that look bad, or lie at the border.
LEAP_DAYS: tuple[str, ...] = ("2024-02-29", "20240229", "2024/02/29", "29-feb-2024", "02/29/2024")
LEAP_DAYS += ("2024-02-29T23:59:59.9+14:00", " 2024-02-29 00:00\u00a0")
LEAP_MOMENTS: tuple[str, ...] = (
    "2024-02-29T23:59:59.999999Z",
    "2024-02-29",
    "2024-02-29 00:00+1459",
)
LEAP_MOMENTS += ("2024-02-29T00:00-14:59", "2024-02-29T23:59:59.123456789Z")
UNLIMITED = ("unlimited", "UNLIMITED\u00a0", "\tUnlimited")
ODD_MONEY = ("$1,200.00", ".5", "+1", "$+0.01", "1,000,000", " 7.5\u00a0")
ODD_EMAILS = ("O'Neil+{0}!#@x.example", "a..{0}@X-Y.example", " {0}=/?@sub.sub.x.example\u00a0")
ODD_WORDS = ("N/A {0}", "none-{0}", "null{0}", "--{0}", "0{0}")


@dataclass(slots=True)
class Planted:
    """What is delivered, once or twice, and what every row that counts should be found to be."""

    first: dict[str, list[Row]] = field(default_factory=lambda: {feed: [] for feed in SHAPES})
    then: dict[str, list[Row]] = field(default_factory=lambda: {feed: [] for feed in SHAPES})
    companies: list[Company] = field(default_factory=list)
    gone: set[tuple[str, str]] = field(default_factory=set)  # feed and key: only in the first
    faults: dict[tuple[str, Spot], frozenset[str]] = field(default_factory=dict)
    near: dict[tuple[str, Spot], frozenset[str]] = field(default_factory=dict)


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
            self.expect(feed, faults)

    def expect(self, feed: str, faults: Sequence[str], delivery: int = 1) -> None:
        """What the last row of a feed is to be found as, in the delivery that last changed it."""
        one = feed, (f"{delivery_name(delivery)}/planted.csv", len(self.made.first[feed]))
        self.made.faults[one] = frozenset(name for name in faults if name[0] != "~")
        self.made.near[one] = frozenset(name[1:] for name in faults if name[0] == "~")

    def change(self, feed: str, row: Row, faults: Sequence[str], **changed: str) -> None:
        """Deliver a row, and from the second delivery on another version of it."""
        self.put(feed, row, None)
        self.made.then[feed].append({**row, **changed})
        self.expect(feed, faults, delivery=2)

    def next(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}-planted-{self.number}"

    def company(self, is_listed: bool = True, prefix: str = "95") -> Company:
        self.number += 1
        ein, domain = f"{prefix}-{self.number:07d}", f"planted{self.number}.example"
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
        return self.paid_from(account, **faulty)

    def paid_from(self, account: Row, **faulty: str) -> Row:
        """A transaction on an account that is there, by its owner."""
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
        missing, unreadable = of(MISSING, copy), of(BAD_MOMENTS, copy)
        person, company = self.person, self.company
        yield person(), []
        yield person(person_id=missing), ["missing_person_id"]
        yield person(person_id=self.odd(copy)), ["~missing_person_id"]
        yield person(start_date=of(BAD_DAYS, copy)), ["invalid_start_date"]
        yield person(start_date=missing), ["invalid_start_date"]
        yield person(start_date=of(LEAP_DAYS, copy)), ["~invalid_start_date"]
        yield person(start_date=of(LONG_AGO, copy)), ["implausible_date", "~invalid_start_date"]
        yield person(start_date=of(EARLIEST, copy)), ["~implausible_date"]
        yield from leavers(person, copy)
        yield person(email=of(BAD_EMAILS, copy)), ["invalid_email", "~missing_email"]
        yield person(email=of(ODD_EMAILS, copy).format(copy)), ["~invalid_email"]
        yield person(email=missing), ["missing_email", "~invalid_email"]
        yield person(title=missing), ["missing_title", "~title_carried_forward"]
        yield person(title=self.odd(copy)), ["~missing_title"]
        both = ["missing_title", "title_carried_forward"]
        self.change(EMPLOYEES, person(), both, title=missing)
        near = ["~title_carried_forward", "~duplicate_key"]
        self.change(EMPLOYEES, person(title=missing), near, title="Clerk")
        yield person(company_ein=missing), ["company_inferred", "~company_unresolved"]
        nowhere = f"someone{copy}@nowhere.example"
        yield person(company_ein=missing, email=nowhere), ["company_unresolved"]
        shared = company()
        shared.links.append(company().company_ein)
        yield person(shared, company_ein=missing), ["company_unresolved", "~company_inferred"]
        yield person(company(is_listed=False)), ["unknown_company"]
        unlinked = company()
        unlinked.links.clear()
        yield person(unlinked), ["~unknown_company", "~company_unresolved"]
        other = company().company_ein
        yield person(company_ein=other), ["company_domain_mismatch"]
        yield person(shared, company_ein=other), ["~company_domain_mismatch"]
        faults = ["invalid_company_ein", "company_inferred"]
        yield person(company_ein=of(BAD_EINS, copy)), faults
        spelled = company()
        near = ["~invalid_company_ein", "~company_inferred", "~unknown_company"]
        yield person(spelled, company_ein=odd_ein(spelled, copy)), near
        zero = company(prefix="05")
        restored = ["ein_zero_restored", "~personal_data_in_company_ein"]
        yield person(zero, company_ein=zero.company_ein[1:]), restored
        yield person(zero), ["~ein_zero_restored"]
        near = ["invalid_company_ein", "company_inferred", "~ein_zero_restored"]
        yield person(company_ein=f"6-{self.number:07d}"), near
        ssn = ["personal_data_in_company_ein", "invalid_company_ein", "company_inferred"]
        yield person(company_ein=of(SSNS, copy)), ssn
        yield person(start_date=(LATER, FAR)[copy % 2]), ["future_start_date"]
        yield person(start_date=f"{AS_OF}T23:59:59-11:00"), ["~future_start_date"]
        yield person(last_updated=unreadable), ["invalid_last_updated"]
        yield person(last_updated=of(LEAP_MOMENTS, copy)), ["~invalid_last_updated"]
        yield person(last_updated=missing), ["~invalid_last_updated"]
        yield person(title=f"Clerk {of(TOLD, copy)}"), ["personal_data_in_title"]
        yield person(title=of(NOT_TOLD, copy)), ["~personal_data_in_title"]
        yield person(title=of_a_name(NAMED, copy)), ["personal_data_in_title"]
        yield person(title=of_a_name(NOT_NAMED, copy)), ["~personal_data_in_title"]
        former = person(last_updated="2025-02-03T04:05:06Z")
        yield former, None
        yield {**former, "last_updated": "2025-02-03T04:05:06.000001Z"}, ["duplicate_key"]
        yield from twice(person())

    def plans(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        missing, bad_day = of(MISSING, copy), of(BAD_DAYS, copy)
        plan, company = self.plan, self.company
        yield plan(), []
        wrong_ein = (missing, of(BAD_EINS, copy))[copy % 2]
        # Without a key the whole row is the key: the copies must not be each other's repeats.
        yield plan(company_ein=wrong_ein, carrier_name=f"Nr {copy}"), ["missing_company_ein"]
        spelled = company()
        near = ["~missing_company_ein", "~unknown_company"]
        yield plan(spelled, company_ein=odd_ein(spelled, copy)), near
        zero = company(prefix="05")
        restored = ["ein_zero_restored", "~missing_company_ein", "~personal_data_in_company_ein"]
        former = plan(zero, last_updated="2025-02-03")
        yield former, None
        later = {**former, "company_ein": zero.company_ein[1:], "last_updated": "2025-02-04"}
        yield later, [*restored, "duplicate_key", "duplicate_plan_key"]
        near = ["missing_company_ein", "~ein_zero_restored"]
        yield plan(company_ein=f"6-{self.number:07d}"), near
        ssn = ["missing_company_ein", "personal_data_in_company_ein"]
        yield plan(company_ein=of(SSNS, copy), carrier_name=f"Nr {copy}"), ssn
        yield plan(plan_type=missing), ["missing_plan_type"]
        yield plan(plan_type=self.odd(copy)), ["unknown_plan_type", "~missing_plan_type"]
        yield plan(start_date=(missing, bad_day)[copy % 2]), ["invalid_start_date"]
        yield plan(start_date=of(LEAP_DAYS, copy)), ["~invalid_start_date"]
        yield plan(start_date=of(LONG_AGO, copy)), ["implausible_date", "~end_before_start"]
        yield plan(start_date=of(EARLIEST, copy)), ["~implausible_date"]
        yield plan(end_date=of(BAD_ENDS, copy)), ["invalid_end_date"]
        yield plan(end_date=of(GONE, copy)), ["~invalid_end_date", "~end_before_start"]
        yield plan(end_date=of((missing, FAR, *LEAP_DAYS), copy)), ["~invalid_end_date"]
        yield plan(end_date="2023-12-31"), ["end_before_start"]
        yield plan(end_date="2024-01-01"), ["~end_before_start"]
        yield plan(company(is_listed=False)), ["unknown_company"]
        yield plan(plan_type=f"Pet {copy}"), ["unknown_plan_type"]
        yield plan(plan_type=of(("MEDICAL\u00a0", "mEDICAL"), copy)), ["~unknown_plan_type"]
        one = company()
        yield plan(one, end_date="2024-06-30"), ["overlapping_coverage"]
        yield plan(one, start_date="2024-06-30"), ["overlapping_coverage"]
        near = ["~overlapping_coverage", "~duplicate_plan_key"]
        adjacent = company()
        yield plan(adjacent, end_date="2024-06-30"), near
        yield plan(adjacent, start_date="2024-07-01", carrier_name="PLANTED Health"), near
        yield plan(adjacent, plan_type="Dental"), near
        withheld = plan(adjacent, end_date="2023-12-30", carrier_name="Withheld")
        yield withheld, ["end_before_start", *near]
        alike, both = company(), ["overlapping_coverage", "duplicate_plan_key"]
        yield plan(alike), both
        yield plan(alike, carrier_name="PLANTED Health"), both
        yield from self.options(copy)
        yield plan(carrier_name=of(TOLD, copy)), ["personal_data_in_carrier_name"]
        yield plan(carrier_name=of(NOT_TOLD, copy)), ["~personal_data_in_carrier_name"]
        yield plan(carrier_name=of_a_name(NAMED, copy)), ["personal_data_in_carrier_name"]
        yield plan(carrier_name=of_a_name(NOT_NAMED, copy)), ["~personal_data_in_carrier_name"]
        former = plan(last_updated="2025-02-03")
        yield former, None
        later = {**former, "last_updated": "2025-02-03T00:01Z", "plan_type": "medical"}
        yield later, ["duplicate_plan_key", "duplicate_key"]
        yield from twice(plan(), "~duplicate_plan_key")
        yield plan(last_updated=of(BAD_MOMENTS, copy)), ["invalid_last_updated"]
        yield plan(last_updated=of(LEAP_MOMENTS, copy)), ["~invalid_last_updated"]

    def options(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        """Plans of one carrier and day, with names and without."""
        plan, company = self.plan, self.company
        kept, near = ["duplicate_key", "duplicate_plan_key"], "~overlapping_coverage"
        one = company()  # two options under one key: both are kept
        yield plan(one), [*kept, "overlapping_coverage"]
        yield plan(one, end_date="2024-06-30"), [*kept, "overlapping_coverage"]
        one = company()  # one of them does not count, and they still are not told apart
        yield plan(one), [*kept, near]
        yield plan(one, end_date="2023-12-31"), [*kept, "end_before_start", near]
        one = company()  # a dated version is newer than both
        yield plan(one), None
        yield plan(one, end_date="2024-06-30"), None
        dated = plan(one, end_date="2024-05-31", last_updated="2025-02-03")
        yield dated, [*kept, near]
        one, apart = company(), ["~duplicate_key", "~duplicate_plan_key", near]
        yield plan(one, plan_name="PPO 500"), apart
        yield plan(one, plan_name=of(("HSA", "PPO  501"), copy)), apart
        yield plan(one, plan_name=of(MISSING, copy)), apart
        one = company()
        yield plan(one, plan_name="PPO 500"), ["overlapping_coverage"]
        again = plan(one, plan_name="ppo\u00a0500", carrier_name="Other Health")
        yield again, ["overlapping_coverage", "~duplicate_plan_key"]
        one = company()  # the key is the same whatever the case of the name
        yield plan(one, plan_name="HSA"), [*kept, "overlapping_coverage"]
        yield plan(one, plan_name="Hsa"), [*kept, "overlapping_coverage"]
        one = company()
        yield plan(one, plan_name="HSA"), ["duplicate_plan_key", "overlapping_coverage"]
        alike = plan(one, plan_name="hsa", carrier_name="planted health")
        yield alike, ["duplicate_plan_key", "overlapping_coverage", "~duplicate_key"]

    def claims(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        missing, claim = of(MISSING, copy), self.covered_claim
        yield claim(), []
        yield claim(claim_id=missing), ["missing_claim_id"]
        yield claim(claim_id=self.odd(copy)), ["~missing_claim_id"]
        bad_ein = (missing, of(BAD_EINS, copy))[copy % 2]
        yield claim(company_ein=bad_ein), ["missing_company_ein"]
        spelled = self.company()
        near = ["~missing_company_ein", "~unknown_company"]
        yield claim(spelled, company_ein=odd_ein(spelled, copy)), near
        zero = self.company(prefix="05")
        restored = ["ein_zero_restored", "~missing_company_ein", "~personal_data_in_company_ein"]
        yield claim(zero, company_ein=zero.company_ein[1:].replace("-", "")), restored
        near = ["missing_company_ein", "~ein_zero_restored"]
        yield claim(company_ein=f"6-{self.number:07d}"), near
        ssn = ["missing_company_ein", "personal_data_in_company_ein"]
        yield claim(company_ein=of(SSNS, copy)), ssn
        yield claim(amount=of(BAD_MONEY, copy)), ["invalid_amount"]
        yield claim(amount=missing), ["invalid_amount", "~zero_amount"]
        yield claim(amount=of(ODD_MONEY, copy)), ["~invalid_amount"]
        yield claim(service_date=of(BAD_DAYS, copy)), ["invalid_service_date"]
        yield claim(service_date=missing), ["invalid_service_date"]
        yield claim(service_date=of(LEAP_DAYS, copy)), ["~invalid_service_date"]
        uncovered = "no_coverage_on_service_date"
        yield claim(service_date=of(LONG_AGO, copy)), ["implausible_date", uncovered]
        yield claim(service_date=of(EARLIEST, copy)), ["~implausible_date", uncovered]
        yield from self.claim_versions(copy)
        yield claim(service_date=LATER), ["future_service_date"]
        yield claim(service_date=f"{AS_OF} 23:59:59"), ["~future_service_date"]
        yield claim(self.company(is_listed=False)), ["unknown_company"]
        both = ["unknown_claim_type", "no_coverage_on_service_date"]
        yield claim(claim_type=("Pet", missing)[copy % 2]), both
        near = ["~unknown_claim_type", "~no_coverage_on_service_date"]
        yield claim(claim_type=of(("\tMEDICAL ", "medical"), copy)), near
        yield claim(amount=("-12.00", "(12.00)", "$-1,200.00")[copy % 3]), ["reversal"]
        yield claim(amount=("-0.01", "($0.01)")[copy % 2]), ["reversal", "~zero_amount"]
        zeros = ("0", "0.00", "-0.00", "(0)")
        yield claim(amount=of(zeros, copy)), ["zero_amount", "~reversal", "~invalid_amount"]
        yield claim(amount="0.01"), ["~zero_amount", "~reversal"]
        yield claim(service_date="2023-12-31"), ["no_coverage_on_service_date"]
        yield claim(service_date="2024-01-01"), ["~no_coverage_on_service_date"]
        yield claim(claim_type="Dental"), ["no_coverage_on_service_date"]
        ended = claim(service_date="2024-06-30")
        last = self.made.first[PLANS][-1]
        last["end_date"] = "2024-06-30"
        yield ended, ["~no_coverage_on_service_date"]
        late = {**ended, "claim_id": self.next("C"), "service_date": "2024-07-01"}
        yield late, ["no_coverage_on_service_date"]
        yield claim(last_updated=of(BAD_MOMENTS, copy)), ["invalid_last_updated"]
        yield claim(last_updated=of(LEAP_MOMENTS, copy)), ["~invalid_last_updated"]
        former = claim(last_updated="2025-02-03T04:05:06+02:00")
        yield {**former, "last_updated": "2025-02-03T03:05:06Z"}, ["duplicate_key"]
        yield former, None
        yield from twice(claim())

    def claim_versions(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        """Claims of several rows, and such as were not paid or at odd times."""
        missing, claim = of(MISSING, copy), self.covered_claim
        contradiction = ["conflicting_duplicate", "duplicate_key"]
        near = ["~conflicting_duplicate", "~duplicate_key"]
        one = claim(line_number=("", "1")[copy % 2])
        yield one, contradiction
        yield {**one, "amount": "12.51"}, contradiction
        one = claim()
        yield one, near
        yield {**one, "line_number": "1"}, near
        yield {**one, "line_number": "2", "amount": "12.51"}, near
        one = claim()
        yield one, None
        yield {**one, "amount": "12.51"}, None
        dated = {**one, "amount": "12.52", "last_updated": "2025-02-04"}
        yield dated, ["duplicate_key", "~conflicting_duplicate"]
        unpaid = of(("denied", "Pend", "VOIDED", "in review", "\u00a0D"), copy)
        yield claim(claim_status=unpaid), ["claim_not_paid"]
        is_paid = of(("paid", "PAID\u00a0", "Paid in Full", missing, "p"), copy)
        yield claim(claim_status=is_paid), ["~claim_not_paid"]
        before = of(("2025-02-02", "2/2/25", "2024-12-31", "1900-01-01"), copy)
        yield claim(paid_date=before), ["paid_before_service"]
        since = of(("2025-02-03", missing, LATER, *BAD_DAYS), copy)
        yield claim(paid_date=since), ["~paid_before_service"]

    def holders(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        missing, holder = of(MISSING, copy), self.holder
        yield holder(), []
        yield holder(hire_date=missing), ["~invalid_hire_date"]
        yield holder(employee_id=missing, last_name=f"Nr {copy}"), ["missing_employee_id"]
        yield holder(employee_id=self.odd(copy)), ["~missing_employee_id"]
        yield holder(hire_date=of(BAD_DAYS, copy)), ["invalid_hire_date"]
        yield holder(hire_date=of(LEAP_DAYS, copy)), ["~invalid_hire_date"]
        yield holder(hire_date=of(LONG_AGO, copy)), ["implausible_date", "~invalid_hire_date"]
        yield holder(hire_date=of((missing, *EARLIEST), copy)), ["~implausible_date"]
        yield from leavers(holder, copy)
        yield holder(email=of(BAD_EMAILS, copy)), ["invalid_email"]
        yield holder(email=of((missing, *ODD_EMAILS), copy).format(copy)), ["~invalid_email"]
        yield holder(status=("on leave", missing)[copy % 2]), ["unknown_status"]
        yield holder(status=of((" ACTIVE", "tERMINATED\u2003"), copy)), ["~unknown_status"]
        yield holder(last_updated=of(BAD_MOMENTS, copy)), ["invalid_last_updated"]
        yield holder(last_updated=of(LEAP_MOMENTS, copy)), ["~invalid_last_updated"]
        former = holder(last_updated="2025-02-03")
        yield former, None
        yield {**former, "last_updated": "2025-02-04", "status": "TERMINATED"}, ["duplicate_key"]
        yield from twice(holder())

    def accounts(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        missing, account = of(MISSING, copy), self.owned_account
        yield account(), []
        yield account(benefit_account_id=missing), ["missing_benefit_account_id"]
        yield account(benefit_account_id=self.odd(copy)), ["~missing_benefit_account_id"]
        bad = (missing, of(BAD_MONEY, copy))[copy % 2]
        yield account(monthly_allowance=bad), ["invalid_allowance"]
        yield account(monthly_allowance=of(("0", *ODD_MONEY), copy)), ["~invalid_allowance"]
        yield account(monthly_allowance=of(UNLIMITED, copy)), ["~invalid_allowance"]
        period = of((missing, "month", "QUARTER", "Annual", "\tq", "per year"), copy)
        yield account(allowance_period=period), ["~invalid_allowance"]
        period = of(("week", "biweekly", "2", "unlimited"), copy)
        yield account(allowance_period=period), ["invalid_allowance"]
        limitless = of((*UNLIMITED, "100.00"), copy)
        odd = account(monthly_allowance=limitless, allowance_period=period)
        yield odd, ["invalid_allowance"]
        unlimited = of(("unlimited 5", "un limited", "no limit"), copy)
        yield account(monthly_allowance=unlimited), ["invalid_allowance"]
        unknown = (missing, f"E-nobody-{copy}")[copy % 2]
        yield account(employee_id=unknown), ["invalid_employee_id"]
        withheld = self.holder(hire_date="2024-02-30")
        self.put(HOLDERS, withheld, ["invalid_hire_date"])
        yield account(withheld), ["invalid_employee_id"]
        yield account(self.gone_holder()), ["~invalid_employee_id"]
        yield account(current_balance=("-0.01", "(5.00)")[copy % 2]), ["negative_balance"]
        balance = of((missing, "-0.00", "0.01", "1e3"), copy)
        yield account(current_balance=balance), ["~negative_balance"]
        yield account(benefit_type=("parking", missing)[copy % 2]), ["unknown_benefit_type"]
        yield account(benefit_type=of(("MEALS", "\tMeals"), copy)), ["~unknown_benefit_type"]
        yield account(last_updated=of(BAD_MOMENTS, copy)), ["invalid_last_updated"]
        yield account(last_updated=of(LEAP_MOMENTS, copy)), ["~invalid_last_updated"]
        yield account(program_name=of(TOLD, copy)), ["personal_data_in_program_name"]
        yield account(program_name=of(NOT_TOLD, copy)), ["~personal_data_in_program_name"]
        yield account(program_name=of_a_name(NAMED, copy)), ["personal_data_in_program_name"]
        yield account(program_name=of_a_name(NOT_NAMED, copy)), ["~personal_data_in_program_name"]
        former = account(last_updated="2025-02-03")
        yield former, None
        yield {**former, "last_updated": "2025-02-04"}, ["duplicate_key"]
        yield from twice(account())

    def transactions(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        missing, paid = of(MISSING, copy), self.payment
        yield paid(), ["~over_monthly_allowance"]
        yield paid(transaction_id=missing), ["missing_transaction_id"]
        yield paid(transaction_id=self.odd(copy)), ["~missing_transaction_id"]
        one = paid()
        contradiction = ["conflicting_duplicate", "duplicate_key"]
        yield one, contradiction
        yield {**one, "amount": "12.51"}, contradiction
        yield from twice(paid(), "~conflicting_duplicate")
        yield paid(amount=of(BAD_MONEY, copy)), ["invalid_amount", "~negative_amount"]
        yield paid(amount=missing), ["invalid_amount", "~zero_amount"]
        yield paid(amount=of((".5", "+1", "$1.00", " 7.5\u00a0"), copy)), ["~invalid_amount"]
        yield paid(timestamp=of(BAD_MOMENTS, copy)), ["invalid_timestamp"]
        yield paid(timestamp=missing), ["invalid_timestamp"]
        yield paid(timestamp=of(LEAP_MOMENTS, copy)), ["~invalid_timestamp"]
        early = ["implausible_date", "before_hire_date", "~invalid_timestamp"]
        yield paid(timestamp=of((*LONG_AGO, "1990-01-01T00:30:00+01:00"), copy)), early
        first = of((*EARLIEST, "1989-12-31T23:30:00-01:00"), copy)
        yield paid(timestamp=first), ["before_hire_date", "~implausible_date"]
        yield from self.money_spent(copy)
        yield from self.of_leavers(copy)
        yield paid(employee_id=missing), ["invalid_employee_id", "~cross_employee_account_usage"]
        near = ["~invalid_employee_id", "~invalid_benefit_account_id"]
        yield paid(self.gone_holder()), near
        unknown = (missing, f"BA-nothing-{copy}")[copy % 2]
        yield paid(benefit_account_id=unknown), ["invalid_benefit_account_id"]
        other = self.holder()
        self.put(HOLDERS, other, [])
        yield paid(employee_id=other["employee_id"]), ["cross_employee_account_usage"]
        one = paid()
        one["employee_id"] = f"\u00a0{one['employee_id']}\t"
        yield one, ["~cross_employee_account_usage", "~invalid_employee_id"]
        yield paid(timestamp=LATER), ["future_timestamp"]
        yield paid(timestamp=f"{AS_OF}T23:59:59.999999Z"), ["~future_timestamp"]
        yield paid(category=("gym", "travel")[copy % 2]), ["category_mismatch"]
        yield paid(category=of(("GROCERIES", "\tFood"), copy)), ["~category_mismatch"]
        yield paid(category=missing), ["missing_category", "~category_mismatch"]
        yield paid(category=self.odd(copy)), ["category_mismatch", "~missing_category"]
        yield paid(amount=("0", "-0.00", "$0")[copy % 3]), ["zero_amount", "~negative_amount"]
        yield paid(amount="0.01"), ["~zero_amount", "~negative_amount"]
        one = paid(amount="60.00", timestamp="2025-03-01T00:00:00Z")
        again = replace_id(one, self.next("T"))
        third, next_month = replace_id(one, self.next("T")), replace_id(one, self.next("T"))
        yield {**one, "amount": "40.00"}, ["~over_monthly_allowance"]
        yield {**again, "timestamp": "2025-03-30T00:00:00Z"}, ["~over_monthly_allowance"]
        yield {**third, "timestamp": "2025-03-31T23:54:59Z"}, ["over_monthly_allowance"]
        yield {**next_month, "timestamp": "2025-04-01T00:00Z"}, ["~over_monthly_allowance"]
        yield from self.periods(copy)
        yield from self.raised()
        yield paid(timestamp="2024-01-01T23:59:59Z"), ["before_hire_date"]
        yield paid(timestamp="2024-01-02T00:00:00Z"), ["~before_hire_date"]
        yield paid(merchant=of(BLANKS, copy)), ["missing_merchant"]
        yield paid(merchant=of(("N/A", "-", "none"), copy)), ["~missing_merchant"]
        yield paid(merchant=f"{of(TOLD, copy)} Gym"), ["personal_data_in_merchant"]
        yield paid(merchant=of(NOT_TOLD, copy)), ["~personal_data_in_merchant"]
        yield paid(merchant=of_a_name(NAMED, copy)), ["personal_data_in_merchant"]
        yield paid(merchant=of_a_name(NOT_NAMED, copy)), ["~personal_data_in_merchant"]
        one = paid(timestamp="2025-03-04T10:00:00Z", amount="1.00")
        late, border = replace_id(one, self.next("T")), replace_id(one, self.next("T"))
        dearer, elsewhere = replace_id(one, self.next("T")), replace_id(one, self.next("T"))
        yield {**late, "timestamp": "2025-03-04T10:10:00.000001Z"}, ["~suspected_duplicate"]
        yield {**border, "timestamp": "2025-03-04T10:05:00Z"}, ["suspected_duplicate"]
        yield {**dearer, "amount": "1.01"}, ["~suspected_duplicate"]
        yield {**elsewhere, "merchant": "corner café"}, ["~suspected_duplicate"]
        yield one, ["~suspected_duplicate"]
        one = paid(timestamp="2025-03-04")  # without a time of day, twice a day is no repeat
        again, midnight = replace_id(one, self.next("T")), replace_id(one, self.next("T"))
        soon = replace_id(one, self.next("T"))
        yield one, ["~suspected_duplicate"]
        yield again, ["~suspected_duplicate"]
        yield {**midnight, "timestamp": "2025-03-04 00:00"}, ["~suspected_duplicate"]
        yield {**soon, "timestamp": "3/4/2025 12:05 AM"}, ["suspected_duplicate"]
        yield paid(last_updated=of(BAD_MOMENTS, copy)), ["invalid_last_updated"]
        yield paid(last_updated=of(LEAP_MOMENTS, copy)), ["~invalid_last_updated"]
        former = paid(last_updated="2025-02-03")
        yield former, None
        updated = {**former, "last_updated": "2025-02-04"}
        yield updated, ["duplicate_key", "~conflicting_duplicate"]
        updated = paid(last_updated=("0001-01-01", "1/1/1990")[copy % 2])  # any is newer than none
        yield updated, ["duplicate_key", "~conflicting_duplicate"]
        yield {**updated, "last_updated": missing}, None

    def money_spent(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        """Money that came back, was not spent yet, or is another country's."""
        missing, paid = of(MISSING, copy), self.payment
        negative = ("-0.01", "(12.50)", "12.50-")[copy % 3]
        unsaid = of((missing, "purchase", "Sale", "fee"), copy)
        yield paid(amount=negative, transaction_type=unsaid), ["negative_amount", "~refund"]
        back = of(("refund", "RETURN", "credit", "Reversed", "\tchargeback", "Dispute"), copy)
        yield paid(amount=negative, transaction_type=back), ["refund", "~negative_amount"]
        yield paid(transaction_type=back), ["~refund", "~negative_amount"]
        yield paid(transaction_type=back, amount="-0.00"), ["zero_amount", "~refund"]
        settled = of(("posted", "CLEARED", "settled\u00a0", "approved", "Completed", missing), copy)
        yield paid(transaction_status=settled), ["~not_settled", "~not_a_purchase"]
        waiting = of(("pending", "Authorized", "HOLD", "queued", "\tpend"), copy)
        yield paid(transaction_status=waiting), ["not_settled", "~not_a_purchase"]
        no_purchase = of(("declined", "error", "VOIDED", "Failed", "Rejected"), copy)
        yield paid(transaction_status=no_purchase), ["not_a_purchase", "~not_settled"]
        foreign = of(("EUR", "euro", "XYZ", "\u00a3", "Dollar"), copy)
        yield paid(currency=foreign), ["foreign_currency"]
        yield paid(currency=of(("usd", "$", "US Dollar", missing), copy)), ["~foreign_currency"]

    def of_leavers(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        """What holders spend who have left, or seem to have."""
        paid, near = self.payment, "~terminated_employee"
        for status, faults in (("terminated", []), ("active", ["status_contradicts_date"])):
            left = self.delivered_holder(faults, status=status, termination_date="2025-03-04")
            yield paid(left), ["terminated_employee"]
            yield paid(left, timestamp="2025-03-03T23:59:59.999999Z"), [near]
            yield paid(left, timestamp="2025-03-04T00:30:00+01:00"), [near]
        day, unread = of(GONE, copy), of(BAD_ENDS, copy)
        always = self.delivered_holder(status="Terminated", termination_date=day)
        yield paid(always), ["terminated_employee"]
        faults = ["invalid_termination_date"]
        always = self.delivered_holder(faults, status="T", termination_date=unread)
        yield paid(always), ["terminated_employee"]
        still = self.delivered_holder(faults, termination_date=unread)
        yield paid(still), [near]
        still = self.delivered_holder(termination_date=day)
        yield paid(still), [near]
        faults = ["status_contradicts_date"]
        still = self.delivered_holder(faults, status="terminated", termination_date=LATER)
        yield paid(still), [near]
        gone_on = delivery_day(2)
        dropped = paid(self.gone_holder(), timestamp=f"{gone_on} 23:59")
        yield dropped, ["~departed_employee"]
        next_day = gone_on + dt.timedelta(days=1)
        yield (
            {**replace_id(dropped, self.next("T")), "timestamp": next_day.isoformat()},
            ["departed_employee"],
        )

    def delivered_holder(self, faults: Sequence[str] = (), **faulty: str) -> Row:
        holder = self.holder(**faulty)
        self.put(HOLDERS, holder, faults)
        return holder

    def periods(self, copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
        """Allowances of other periods and without a limit, and what comes back."""
        over, near = ["over_monthly_allowance"], ["~over_monthly_allowance"]
        days = ("2025-02-27", "2025-03-31", "2025-04-01")
        for faulty, verdicts in (
            ({"monthly_allowance": of(UNLIMITED, copy)}, (near, near, near)),
            ({"allowance_period": of(("month", "M"), copy)}, (near, near, near)),
            ({"allowance_period": of(("quarter", "Quarterly"), copy)}, (near, over, near)),
            ({"allowance_period": of(("YEAR", "annual"), copy)}, (near, over, over)),
        ):
            account = self.owned_account(None, **faulty)
            self.put(ACCOUNTS, account, [])
            for day, faults in zip(days, verdicts, strict=True):
                yield self.paid_from(account, amount="60.00", timestamp=f"{day}T23:59:59Z"), faults
        account = self.owned_account()
        self.put(ACCOUNTS, account, [])
        amounts = (("90.00", "", near), ("-30.00", "refund", ["refund"]), ("40.00", "", near))
        for minute, (amount, kind, faults) in enumerate((*amounts, ("0.01", "", over))):
            moment = f"2025-03-04T10:{minute}0:00Z"
            charge = self.paid_from(account, amount=amount, timestamp=moment)
            yield {**charge, "transaction_type": kind}, faults

    def raised(self) -> Iterator[tuple[Row, Sequence[str] | None]]:
        """Allowances that the second delivery raises, in March, known since then or another day."""
        over, near = ["over_monthly_allowance"], ["~over_monthly_allowance"]
        days = ("2025-01-31", "2025-02-27", "2025-03-02", "2025-04-30", "2025-05-01")
        for updated, verdicts in (
            ("", (over, over, near, near, near)),
            ("2025-03-31T23:59:59Z", (over, over, near, near, near)),
            ("2025-02-28", (over, near, near, near, near)),
            ("2025-05-01T00:00:00Z", (over, over, over, over, near)),
        ):
            account = self.owned_account(monthly_allowance="50.00")
            self.change(ACCOUNTS, account, [], monthly_allowance="100.00", last_updated=updated)
            for day, faults in zip(days, verdicts, strict=True):
                yield self.paid_from(account, amount="60.00", timestamp=day), faults

    def odd(self, copy: int) -> str:
        """A text of its own that holds a word for missing and yet is a value."""
        self.number += 1
        return of(ODD_WORDS, copy).format(self.number)

    def gone_holder(self) -> Row:
        """A holder whom only the first delivery holds: deleted, and still known."""
        holder = self.holder()
        self.put(HOLDERS, holder, None)
        self.made.gone.add((HOLDERS, holder["employee_id"]))
        return holder


def leavers(make: Callable[..., Row], copy: int) -> Iterator[tuple[Row, Sequence[str] | None]]:
    """Persons of either roster whose status and last day say the same, or do not.

    Args:
        make: makes a row without a fault.
        copy: which of the spellings.
    """
    today = AS_OF.isoformat()
    near = ["~status_contradicts_date", "~invalid_termination_date"]
    faults = ["status_contradicts_date", "~invalid_termination_date"]
    at_work, gone = of(("active", "ACTIVE\u00a0", "A"), copy), of(("Terminated", "T", "left"), copy)
    yield make(status=at_work, termination_date=of((EARLIER, "2024-01-01"), copy)), faults
    yield make(status=gone, termination_date=of((LATER, "2049-12-31"), copy)), faults
    for status in (at_work, gone):
        yield make(status=status, termination_date=today), near
        yield make(status=status, termination_date=of((*GONE, *MISSING), copy)), near
    yield make(status=at_work, termination_date=LATER), near
    yield make(status=gone, termination_date=EARLIER), near
    unread = ["invalid_termination_date", "~status_contradicts_date"]
    yield make(status=of((at_work, gone), copy), termination_date=of(BAD_ENDS, copy)), unread


def of(kinds: Sequence[str], copy: int) -> str:
    return kinds[copy % len(kinds)]


def of_a_name(templates: Sequence[str], copy: int) -> str:
    """A text with, or almost with, the name that all planted persons have."""
    return named(of(templates, copy), "Ann", "Planted", copy)


def odd_ein(company: Company, copy: int) -> str:
    digits = company.company_ein.replace("-", "")
    ways = (digits, f"FEIN {digits}", f" {digits[:2]} \u2013 {digits[2:]}\u00a0", f"EIN-{digits}")
    return of(ways, copy)


def twice(row: Row, *near: str) -> Iterator[tuple[Row, Sequence[str] | None]]:
    """The same contents two times in the file: a repeat, no duplicate."""
    yield row, ["~duplicate_key", *near]
    yield dict(row), ["~duplicate_key", *near]


def replace_id(row: Row, transaction_id: str) -> Row:
    return {**row, "transaction_id": transaction_id}


def plant(copies: int) -> Planted:
    return Planter(copies).plant()


def with_planted(
    deliveries: Deliveries, planted: Planted, name: str = "planted.csv"
) -> dict[str, list[Delivery]]:
    """Add a file to the first delivery of each feed, and to all of a snapshot."""
    merged: dict[str, list[Delivery]] = {}
    for feed, several in deliveries.items():
        key = SHAPES[feed].key[0]
        changed = {row[key]: row for row in planted.then[feed]}
        later = [
            changed.get(row[key], row)
            for row in planted.first[feed]
            if (feed, row[key]) not in planted.gone
        ]
        assert not changed or len(later) == len(planted.first[feed]), "rows keep their numbers"
        merged[feed] = []
        for number, delivery in enumerate(several, start=1):
            if number > 1 and SHAPES[feed].mode == "delta":
                merged[feed].append(delivery)
                continue
            rows = later if number > 1 else planted.first[feed]
            file = DeliveredFile(f"{delivery_name(number)}/{name}", rows)
            merged[feed].append(replace(delivery, files=[*delivery.files, file]))
    return merged
