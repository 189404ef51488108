"""One company a case: draws every analysis's case from its own seeded stream and writes the files.

Seed and case number rebuild a case alone: Random(f"{seed}/{case}/{subject}").
"""

from __future__ import annotations

import csv
import datetime as dt
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TypeVar

from .generate_claims import BOOKING_FILES, Draft, Knobs, draft_bookings, draft_claims
from .generate_plans import OPEN_DATE, PLAN_DAYS, border_claims, draft_plans
from .generate_roster import Roster, company_row, expectation
from .generate_spending import ACCOUNT_DAYS, draft_spending
from .records import Account, Claim, Company, Dataset, Delivery, Holder, Plan, Transaction

DEFAULT_SEED = 20240229
DEFAULT_KNOBS = Knobs(claims_as_of=dt.date(2024, 12, 30), spend_as_of=dt.date(2024, 11, 20))
KNOWN_COMPANIES = (  # SPEC 1: the seed holds at least these
    Company("11-1111111", "Acme", 60),
    Company("22-2222222", "Blue Horizon", 45),
    Company("33-3333333", "Pinecrest Foods", 40),
)


HOLDERS_DAY = dt.date(2024, 11, 25)  # of the delivery of account holders
BOOKINGS_SENDER = "movements"
NO_END = ("9999-12-31", "present", "TBD", "0000-00-00", "12/31/9999", "1989-12-31", "9999-01-01")
UNREADABLE = (("lots", "month"), ("", "year"), ("12.345", "quarter"), ("10.00", "fortnight"))


@dataclass(slots=True)
class Generated:
    """The data, the knobs they were aimed at, and the pattern names of each case."""

    seed: int
    knobs: Knobs
    data: Dataset
    patterns: dict[str, Counter[str]] = field(default_factory=dict)
    case_of: dict[str, int] = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        """That of account holders."""
        return self.knobs.spend_as_of if self.knobs.as_of_is_set else HOLDERS_DAY

    def stream(self, case: int, subject: str) -> Random:
        """The source of all that is random in one subject of a case."""
        return Random(f"{self.seed}/{case}/{subject}")


def generate(
    cases: int, seed: int = DEFAULT_SEED, knobs: Knobs = DEFAULT_KNOBS, crowds: bool = True
) -> Generated:
    """`cases` companies, each a case of every analysis, and as many whose claims are bookings."""
    data = Dataset(
        companies=list(KNOWN_COMPANIES),
        plan_files=[Delivery(day) for day in PLAN_DAYS],
        booking_files=[[] for _ in BOOKING_FILES],
        account_files=[Delivery(day) for day in ACCOUNT_DAYS],
    )
    made = Generated(seed, knobs, data, {name: Counter() for name in ("plans", "claims", "money")})
    roster = Roster(knobs)
    for case in range(1, cases + 1):
        company_ein = f"{case % 100:02d}-{case:07d}"
        made.case_of[company_ein] = case
        add_coverage(made, case, company_ein)
        add_bookings(made, case)
        add_spending(made, case)
        roster.add_company(made.stream(case, "roster"), company_ein, case)

    for company_ein, case in made.case_of.items():
        rng = made.stream(case, "expected")
        expected = expectation(rng, roster.headcount[company_ein], knobs.bands)
        row = company_row(rng, company_ein, case, expected)
        data.companies += [row] if row else []
    if crowds:  # 800 / 4001 and 5000 / 10001 round to 20.00 % and 50.00 %, and are less
        for number, (size, expected) in enumerate([(3201, 4001), (5001, 10_001)], start=1):
            roster.add_crowd(f"99-900000{number}", 9_000_000 + number, size)
            data.companies.append(Company(f"99-900000{number}", f"Crowd {number}", expected))
    data.domain_links = roster.links
    data.persons = roster.persons
    data.holders += roster.holders
    for number, bookings in enumerate(data.booking_files):
        Random(f"{seed}/order {number}").shuffle(bookings)
    pin_as_of(data, knobs)
    return made


def add_coverage(made: Generated, case: int, company_ein: str) -> None:
    """A company's claims, and its plans in each delivery."""
    rng, knobs = made.stream(case, "claims"), made.knobs
    pattern, drafts = draft_claims(rng, knobs)
    names, deliveries = draft_plans(made.stream(case, "plans"), knobs, company_ein, drafts)
    if rng.random() < 0.2:
        plans = list(dict.fromkeys(plan for held in deliveries for plan in held))
        pattern, drafts = "plan_borders", border_claims(rng, knobs, plans)
    for file, held in zip(made.data.plan_files, deliveries, strict=True):
        file.rows.extend(held)
    has_lines = made.stream(case, "lines").random() < 0.15
    made.data.claims += [
        numbered_claim(case, company_ein, number, draft, has_lines)
        for number, draft in enumerate(drafts)
    ]
    made.patterns["claims"][pattern] += 1
    made.patterns["plans"].update(names)


def numbered_claim(
    case: int, company_ein: str, number: int, draft: Draft, has_lines: bool
) -> Claim:
    """A claim of its own, or one of the three lines of one."""
    claim, line = (number // 3, str(number % 3 + 1)) if has_lines else (number, None)
    return Claim(f"C{case}.{claim}", company_ein, draft.day, draft.amount, draft.claim_type, line)


def add_bookings(made: Generated, case: int) -> None:
    """A company of its own, listed or not, and its bookings in each file."""
    rng = made.stream(case, "bookings")
    company_ein = f"{case % 100:02d}-5{case:06d}"
    drafted = draft_bookings(rng, made.knobs, str(case), company_ein)
    for file, bookings in zip(made.data.booking_files, drafted, strict=True):
        file += bookings
    if rng.random() < 0.85:
        expected = rng.choice([None, 0, 3])
        made.data.companies.append(Company(company_ein, f"Booked {case}", expected))


def add_spending(made: Generated, case: int) -> None:
    """A holder, the accounts in each delivery, and the transactions."""
    pattern, holder, lives, transactions = draft_spending(
        made.stream(case, "money"), made.knobs, case
    )
    made.data.holders.append(holder)
    for number, file in enumerate(made.data.account_files):
        file.rows.extend(account for life in lives if (account := life[number]))
    made.data.transactions += transactions
    made.patterns["money"][pattern] += 1


def pin_as_of(data: Dataset, knobs: Knobs) -> None:
    """Where no as_of_date is told, the newest claim and transaction say it: make sure of both."""
    pinned = KNOWN_COMPANIES[0].company_ein
    data.claims.append(Claim("C.pin", pinned, knobs.claims_as_of, Decimal("1.00"), "Medical"))
    moment = dt.datetime.combine(knobs.spend_as_of, dt.time(12), dt.UTC)
    hired = knobs.spend_as_of
    data.holders.append(Holder("E.pin", "Pin", "Pinned", None, hired, "active"))
    account = Account("BA.pin", "E.pin", "meals", "Meals Basic", Decimal("10.00"))
    for file in data.account_files:
        file.rows.append(account)
    data.transactions.append(
        Transaction("T.pin", "E.pin", "BA.pin", "Pin Shop", Decimal("1.00"), moment, "food")
    )


Rows = Iterable[Mapping[str, object]]
Choice = TypeVar("Choice")


def write_landing_zone(data: Dataset, zone: Path) -> None:
    """All deliveries of the six feeds; every fiftieth plan and claim stands twice in its file."""
    for plan_file in data.plan_files:
        plans = [plan_row(plan) for plan in plan_file.rows]
        plans += [plan for plan in plans[::50] if plan["carrier_name"]]
        write_feed(zone, "benefits_admin", "plans", plans, f"{plan_file.day}.csv")
    claims = [
        {
            "claim_id": claim.claim_id,
            "line_number": claim.line_number,
            "company_ein": claim.company_ein,
            "service_date": claim.service_date,
            "amount": claim.amount,
            "claim_type": claim.claim_type,
        }
        for claim in data.claims
    ]
    claims += claims[::50]
    write_feed(zone, "benefits_admin", "claims", claims)
    for name, bookings in zip(BOOKING_FILES, data.booking_files, strict=True):
        path = f"sender={BOOKINGS_SENDER}/{name}"
        write_feed(zone, "benefits_admin", "claims", map(asdict, bookings), path)
    write_feed(
        zone,
        "benefits_admin",
        "employees",
        (
            {
                "person_id": person.person_id,
                "full_name": person.full_name,
                "title": "Clerk",
                "email": person.email,
                "company_ein": person.company_ein,
                "start_date": "2020-02-29",
                "notes": None,
                "status": person.status,
                "termination_date": person.termination_date,
            }
            for person in data.persons
        ),
    )
    write_feed(
        zone,
        "spend_accounts",
        "employees",
        (
            {
                "employee_id": holder.employee_id,
                "first_name": holder.first_name,
                "last_name": holder.last_name,
                "email": holder.email,
                "hire_date": holder.hire_date,
                "status": holder.status,
                "termination_date": holder.termination_date,
            }
            for holder in data.holders
        ),
        f"{HOLDERS_DAY}.csv",
    )
    for account_file in data.account_files:
        accounts = map(account_row, account_file.rows)
        write_feed(zone, "spend_accounts", "benefit_accounts", accounts, f"{account_file.day}.csv")
    write_feed(
        zone,
        "spend_accounts",
        "transactions",
        (
            {
                "transaction_id": transaction.transaction_id,
                "employee_id": transaction.employee_id,
                "benefit_account_id": transaction.benefit_account_id,
                "merchant": transaction.merchant,
                "amount": transaction.amount,
                "timestamp": delivered(transaction.paid_at, number),
                "category": transaction.category,
                "transaction_type": transaction.transaction_type,
                "transaction_status": transaction.transaction_status,
                "currency": transaction.currency,
            }
            for number, transaction in enumerate(data.transactions)
        ),
    )


def plan_row(plan: Plan) -> dict[str, object]:
    """A plan as it is delivered: one that is open may say so in several ways."""
    term = f"{plan.company_ein}{plan.start_date}"
    no_end = one_of(NO_END, term) if plan.end_date == OPEN_DATE else None
    return {
        "company_ein": plan.company_ein,
        "plan_type": one_of((plan.plan_type, plan.plan_type.lower()), plan.company_ein),
        "carrier_name": plan.carrier_name,
        "start_date": plan.start_date,
        "end_date": no_end or plan.end_date,
        "plan_name": plan.plan_name,
        "last_updated": plan.last_updated and plan.last_updated.isoformat(),
    }


def account_row(account: Account) -> dict[str, object]:
    """An account as it is delivered; a period of a month need not be said."""
    allowance = account.monthly_allowance
    amount: object = one_of(("unlimited", "Unlimited"), account.program_name)
    amount = amount if allowance is None else allowance
    period = account.allowance_period
    period = one_of(("", period), account.employee_id) if period == "month" else period
    if not account.is_readable:
        amount, period = one_of(UNREADABLE, f"{account.employee_id}{allowance}")
    return {
        "benefit_account_id": account.benefit_account_id,
        "employee_id": account.employee_id,
        "benefit_type": account.benefit_type,
        "program_name": account.program_name,
        "monthly_allowance": amount,
        "allowance_period": period,
        "current_balance": "12.50",
        "last_updated": account.last_updated and account.last_updated.isoformat(),
    }


def one_of(choices: Sequence[Choice], about: str) -> Choice:
    """A choice that is the same whenever it is about the same."""
    return choices[zlib.crc32(about.encode()) % len(choices)]


def delivered(moment: dt.datetime, number: int) -> str:
    """ISO text: with its offset, or for UTC with Z, +00:00 or nothing."""
    if moment.utcoffset():
        return moment.isoformat()
    return moment.replace(tzinfo=None).isoformat() + ("Z", "", "+00:00")[number % 3]


def write_reference_seeds(data: Dataset, folder: Path) -> None:
    """Replace companies, company_lookup and sender_settings in a copied project's seeds."""
    write_csv(
        folder / "companies.csv",
        (
            {
                "company_ein": company.company_ein,
                "company_name": company.company_name,
                "expected_employees": company.expected_employees,
            }
            for company in data.companies
        ),
    )
    write_csv(
        folder / "company_lookup.csv",
        (
            {"email_domain": link.email_domain, "company_ein": link.company_ein}
            for link in data.domain_links
        ),
    )
    claims_are = {"source": "benefits_admin", "feed": "claims", "sender": BOOKINGS_SENDER}
    claims_are |= {"setting": "claims_are", "value": "movements"}
    write_csv(folder / "sender_settings.csv", [claims_are])


def write_feed(zone: Path, source: str, feed: str, rows: Rows, name: str = "001.csv") -> None:
    path = zone / source / feed / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_csv(path, rows)


def write_csv(path: Path, rows: Rows) -> None:
    """An empty field is a null."""
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
