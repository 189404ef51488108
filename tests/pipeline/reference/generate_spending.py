"""Spending accounts on the borders of months, allowances and employment."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from .generate_claims import Knobs
from .records import Account, Holder, Transaction

BENEFITS = {
    "wellness": ("gym", "fitness"),
    "wfh": ("office_supplies",),
    "meals": ("food", "groceries"),
    "learning": ("education",),
}
CATEGORIES = (*(category for group in BENEFITS.values() for category in group), "travel")
SHARED_MERCHANTS = ("None", "N/A", "Corner Café", "MegaMart, Inc.", "nan bread house")


def draft_spending(
    rng: Random, knobs: Knobs, case: int
) -> tuple[str, Holder, list[Account], list[Transaction]]:
    """A holder with one or two accounts and their transactions, and the name of the pattern."""
    pattern = rng.choice(PATTERNS)
    as_of = knobs.spend_as_of
    hired = as_of - dt.timedelta(days=rng.randint(0, 500))
    ended: dt.date | None = None
    status = "active"
    first_spent, last_spent = hired, as_of
    if pattern == "spent_before_hire":
        first_spent = hired - dt.timedelta(days=rng.choice([1, 5, 31, 100]))
    elif pattern == "future_hire":
        hired = as_of + dt.timedelta(days=rng.choice([1, 31, 200]))
        first_spent = as_of - dt.timedelta(days=rng.randint(0, 90))
    elif pattern == "long_hired":
        hired = dt.date(rng.choice([2019, 2021]), rng.choice([1, 2, 12]), rng.choice([1, 28]))
    elif pattern in ("terminated", "terminated_first"):
        status, ended = "terminated", hired + dt.timedelta(days=rng.randint(0, 500))
        if pattern == "terminated_first":
            ended = ended.replace(day=1)
        last_spent = min(as_of, ended - dt.timedelta(days=1))
    elif pattern == "terminates_later":
        status, ended = "terminated", as_of + dt.timedelta(days=rng.choice([1, 40]))
    elif pattern == "terminated_before_hire":
        status, ended = "terminated", hired - dt.timedelta(days=rng.choice([1, 40]))
        last_spent = ended - dt.timedelta(days=1)
    elif pattern == "rehired":
        ended = hired + dt.timedelta(days=rng.randint(0, 300))
    elif pattern == "idle":
        last_spent = hired - dt.timedelta(days=1)
    elif pattern == "hired_at_as_of":
        hired = first_spent = as_of.replace(day=rng.choice([1, as_of.day]))
    holder = Holder(f"E{case}.acc", "Bo", f"Case{case}", None, hired, status, ended)
    accounts, transactions = [], []
    for number in range(rng.choice([1, 1, 2])):
        account = Account(
            f"BA{case}.{number}",
            holder.employee_id,
            benefit := rng.choice(list(BENEFITS)),
            f"{benefit.capitalize()} {rng.choice(['Plus', 'Basic'])}",
            Decimal(rng.choice([0, 0, 1, 5000, 10_000, 30_000, rng.randint(1, 60_000)])).scaleb(-2),
        )
        accounts.append(account)
        if pattern == "terminated_before_hire" and rng.random() < 0.5:
            continue
        if first_spent <= last_spent:
            transactions += spending(rng, knobs, account, case, first_spent, last_spent)
        elif pattern == "terminated_before_hire":
            transactions += spending(rng, knobs, account, case, last_spent, last_spent)
    return pattern, holder, accounts, transactions


def spending(
    rng: Random, knobs: Knobs, account: Account, case: int, first: dt.date, last: dt.date
) -> list[Transaction]:
    """Some months' spending: up to the allowance, a cent beyond, nothing, anything."""
    allowance = int(account.monthly_allowance * 100)
    sales: list[tuple[dt.datetime, int]] = []
    for _ in range(rng.choice([1, 1, 2, 2, 3, 4])):
        span = (last - first).days
        day = first + dt.timedelta(days=rng.choice([0, span, rng.randint(0, span)]))
        total = rng.choice([allowance, allowance, allowance + 1, allowance // 3 + 1, 0])
        part = rng.randint(0, total)
        # both on one day, so that no border of a month comes between the two
        sales += [(moment(rng, day, first, last), cents) for cents in (part, total - part)]
    if knobs.as_of_is_set and last == knobs.spend_as_of and rng.random() < 0.3:
        late = dt.datetime.combine(last, dt.time(0, 0), dt.UTC) + dt.timedelta(days=1)
        sales.append((late, 4200))
    home = rng.sample(CATEGORIES, rng.choice([1, 2, 2, 3]))
    return [
        Transaction(
            f"T{account.benefit_account_id[2:]}.{number}",
            account.employee_id,
            account.benefit_account_id,
            rng.choice([f"Shop {case}", f"Shop {case}", rng.choice(SHARED_MERCHANTS)]),
            Decimal(cents).scaleb(-2),
            paid_at,
            None if rng.random() < 0.08 else home[number % len(home)],
        )
        for number, (paid_at, cents) in enumerate(sales)
    ]


def moment(rng: Random, day: dt.date, first: dt.date, last: dt.date) -> dt.datetime:
    """A second of that UTC day, often its first or last, seen from some offset."""
    second = rng.choice([0, 86_399, rng.randint(0, 86_399)])
    day = min(max(day, first), last)
    at_utc = dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(seconds=second)
    offset = rng.choice([0, 0, 0, -300, 120, 330, 840])
    return at_utc.astimezone(dt.timezone(dt.timedelta(minutes=offset)))


PATTERNS = (
    "plain",
    "plain",
    "spent_before_hire",
    "future_hire",
    "long_hired",
    "terminated",
    "terminated",
    "terminated_first",
    "terminates_later",
    "terminated_before_hire",
    "rehired",
    "idle",
    "hired_at_as_of",
)
