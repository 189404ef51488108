"""One company a case: draws every analysis's case from its own seeded stream and writes the files.

Seed and case number rebuild a case alone: Random(f"{seed}/{case}/{subject}").
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random

from .generate_claims import Knobs, draft_claims
from .generate_plans import border_claims, draft_plans
from .generate_roster import Roster, company_row, expectation
from .generate_spending import draft_spending
from .records import Account, Claim, Company, Dataset, Holder, Transaction

DEFAULT_SEED = 20240229
DEFAULT_KNOBS = Knobs(claims_as_of=dt.date(2024, 12, 30), spend_as_of=dt.date(2024, 11, 20))
KNOWN_COMPANIES = (  # SPEC 1: the seed holds at least these
    Company("11-1111111", "Acme", 60),
    Company("22-2222222", "Blue Horizon", 45),
    Company("33-3333333", "Pinecrest Foods", 40),
)


@dataclass(slots=True)
class Generated:
    """The data, the knobs they were aimed at, and the pattern names of each case."""

    seed: int
    knobs: Knobs
    data: Dataset
    patterns: dict[str, Counter[str]] = field(default_factory=dict)
    case_of: dict[str, int] = field(default_factory=dict)


def generate(
    cases: int, seed: int = DEFAULT_SEED, knobs: Knobs = DEFAULT_KNOBS, crowds: bool = True
) -> Generated:
    """`cases` companies, each a case of every analysis."""
    data = Dataset(companies=list(KNOWN_COMPANIES))
    made = Generated(seed, knobs, data, {name: Counter() for name in ("plans", "claims", "money")})
    roster = Roster(knobs)
    for case in range(1, cases + 1):
        company_ein = f"{case % 100:02d}-{case:07d}"
        made.case_of[company_ein] = case

        def stream(subject: str, number: int = case) -> Random:
            return Random(f"{seed}/{number}/{subject}")

        rng = stream("claims")
        pattern, drafts = draft_claims(rng, knobs)
        plan_pattern, plans = draft_plans(stream("plans"), knobs, company_ein, drafts)
        if rng.random() < 0.2:
            pattern, drafts = "plan_borders", border_claims(rng, knobs, plans)
        data.plans += plans
        data.claims += [
            Claim(f"C{case}.{number}", company_ein, draft.day, draft.amount, draft.claim_type)
            for number, draft in enumerate(drafts)
        ]
        roster.add_company(stream("roster"), company_ein, case)
        money_pattern, holder, accounts, transactions = draft_spending(stream("money"), knobs, case)
        data.holders.append(holder)
        data.accounts += accounts
        data.transactions += transactions
        made.patterns["claims"][pattern] += 1
        made.patterns["plans"].update(plan_pattern.split("+"))
        made.patterns["money"][money_pattern] += 1

    for case, company_ein in enumerate(made.case_of, start=1):
        rng = Random(f"{seed}/{case}/expected")
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
    pin_as_of(data, knobs)
    return made


def pin_as_of(data: Dataset, knobs: Knobs) -> None:
    """Where no as_of_date is told, the newest claim and transaction say it: make sure of both."""
    pinned = KNOWN_COMPANIES[0].company_ein
    data.claims.append(Claim("C.pin", pinned, knobs.claims_as_of, Decimal("1.00"), "Medical"))
    moment = dt.datetime.combine(knobs.spend_as_of, dt.time(12), dt.UTC)
    hired = knobs.spend_as_of
    data.holders.append(Holder("E.pin", "Pin", "Pinned", None, hired, "active"))
    data.accounts.append(Account("BA.pin", "E.pin", "meals", "Meals Basic", Decimal("10.00")))
    data.transactions.append(
        Transaction("T.pin", "E.pin", "BA.pin", "Pin Shop", Decimal("1.00"), moment, "food")
    )


Rows = Iterable[Mapping[str, object]]


def write_landing_zone(data: Dataset, zone: Path) -> None:
    """One delivery for each of the six feeds; every fiftieth plan and claim is delivered twice."""
    plans = [
        {
            "company_ein": plan.company_ein,
            "plan_type": plan.plan_type,
            "carrier_name": plan.carrier_name,
            "start_date": plan.start_date,
            "end_date": plan.end_date,
        }
        for plan in data.plans
    ]
    plans += [plan for plan in plans[::50] if plan["carrier_name"]]
    claims = [
        {
            "claim_id": claim.claim_id,
            "company_ein": claim.company_ein,
            "service_date": claim.service_date,
            "amount": claim.amount,
            "claim_type": claim.claim_type,
        }
        for claim in data.claims
    ]
    claims += claims[::50]
    write_feed(zone, "benefits_admin", "plans", plans)
    write_feed(zone, "benefits_admin", "claims", claims)
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
    )
    write_feed(
        zone,
        "spend_accounts",
        "benefit_accounts",
        (
            {
                "benefit_account_id": account.benefit_account_id,
                "employee_id": account.employee_id,
                "benefit_type": account.benefit_type,
                "program_name": account.program_name,
                "monthly_allowance": account.monthly_allowance,
                "current_balance": "12.50",
            }
            for account in data.accounts
        ),
    )
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
            }
            for number, transaction in enumerate(data.transactions)
        ),
    )


def delivered(moment: dt.datetime, number: int) -> str:
    """ISO text: with its offset, or for UTC with Z, +00:00 or nothing."""
    if moment.utcoffset():
        return moment.isoformat()
    return moment.replace(tzinfo=None).isoformat() + ("Z", "", "+00:00")[number % 3]


def write_reference_seeds(data: Dataset, folder: Path) -> None:
    """Replace companies.csv and company_lookup.csv in a copied project's seeds/reference."""
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


def write_feed(zone: Path, source: str, feed: str, rows: Rows) -> None:
    folder = zone / source / feed
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "001.csv", rows)


def write_csv(path: Path, rows: Rows) -> None:
    """An empty field is a null."""
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
