"""Spending accounts on the borders of months, allowances and employment, and their histories."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
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


ACCOUNT_DAYS = (  # of the deliveries: in a month, at the end of one, and after the last purchase
    dt.date(2023, 8, 10),
    dt.date(2024, 3, 31),
    dt.date(2024, 7, 1),
    dt.date(2024, 8, 15),
    dt.date(2024, 11, 25),
)
STAMPS = (  # last_updated about the ends of months
    "2023-09-30T23:59:59+00:00",
    "2023-12-31T23:59:59-01:00",
    "2024-01-01T00:00:00+00:00",
    "2024-02-29T12:00:00+00:00",
    "2024-03-31T22:30:00-05:00",
    "2024-05-01T00:30:00+02:00",
    "2024-06-30T00:00:00+00:00",
    "2024-08-31T23:59:59+00:00",
    "2024-09-01T00:00:00+00:00",
    "2024-11-30T08:00:00+00:00",
    "2024-12-01T00:00:00+00:00",
)
REFUND_TYPES = ("refund", "Refund", "credit", "REVERSAL", "chargeback")

Life = list[Account | None]  # an account in each delivery


def draft_spending(
    rng: Random, knobs: Knobs, case: int
) -> tuple[str, Holder, list[Life], list[Transaction]]:
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
        last_spent = min(as_of, ended - dt.timedelta(days=rng.choice([1, 1, 0, -20])))
    elif pattern == "terminates_later":
        status, ended = "terminated", as_of + dt.timedelta(days=rng.choice([1, 40]))
    elif pattern == "terminated_before_hire":
        status, ended = "terminated", hired - dt.timedelta(days=rng.choice([1, 40]))
        last_spent = ended - dt.timedelta(days=1)
    elif pattern == "terminated_undated":
        status = "terminated"
    elif pattern in ("left_but_active", "left_but_unknown"):
        status = "active" if pattern == "left_but_active" else "seconded"
        ended = hired + dt.timedelta(days=rng.randint(0, 300))
        if rng.random() < 0.5:
            last_spent = min(as_of, ended - dt.timedelta(days=1))
    elif pattern == "idle":
        last_spent = hired - dt.timedelta(days=1)
    elif pattern == "hired_at_as_of":
        hired = first_spent = as_of.replace(day=rng.choice([1, as_of.day]))
    holder = Holder(f"E{case}.acc", "Bo", f"Case{case}", None, hired, status, ended)
    lives, transactions = [], []
    for number in range(rng.choice([1, 1, 2])):
        life = account_life(rng, f"BA{case}.{number}", holder.employee_id)
        lives.append(life)
        if pattern == "terminated_before_hire" and rng.random() < 0.5:
            continue
        if first_spent <= last_spent:
            transactions += spending(rng, knobs, life, case, first_spent, last_spent)
        elif pattern == "terminated_before_hire":
            transactions += spending(rng, knobs, life, case, last_spent, last_spent)
    return pattern, holder, lives, transactions


def account_life(rng: Random, account_id: str, employee_id: str) -> Life:
    """An account in each delivery: half of them never change; some come late, leave or return."""
    benefit = rng.choice(list(BENEFITS))
    program = f"{benefit.capitalize()} {rng.choice(['Plus', 'Basic'])}"
    stamped = rng.choice([0.0, 0.0, 0.5, 1.0])
    first = Account(account_id, employee_id, benefit, program, None)
    account = changed(rng, first, stamped)
    life: Life = [account]
    share = rng.choice([0, 0.3, 0.6])
    for _ in ACCOUNT_DAYS[1:]:
        if rng.random() < share:
            account = rng.choice([changed(rng, account, stamped), *filter(None, life)])
        life.append(account)
    if rng.random() < 0.08:
        arrives, leaves = sorted(rng.sample(range(len(life) + 1), 2))
        is_away = rng.random() < 0.3
        life = [
            one if (arrives <= number < leaves) != is_away else None
            for number, one in enumerate(life)
        ]
    return life if any(life) else [account for _ in ACCOUNT_DAYS]


def changed(rng: Random, account: Account, stamped: float) -> Account:
    """Another version: another allowance, another period, both, or something else."""
    cents = rng.choice([0, 1, 5000, 5000, 10_000, 30_000, rng.randint(1, 60_000)])
    allowance = None if rng.random() < 0.12 else Decimal(cents).scaleb(-2)
    if rng.random() < 0.15 and account.monthly_allowance is not None:
        allowance = account.monthly_allowance
    return replace(
        account,
        monthly_allowance=allowance,
        allowance_period=rng.choice([*["month"] * 4, "quarter", "quarter", "year", "year"]),
        last_updated=dt.datetime.fromisoformat(rng.choice(STAMPS))
        if rng.random() < stamped
        else None,
        is_readable=rng.random() < 0.96,
    )


def spending(
    rng: Random, knobs: Knobs, life: Life, case: int, first: dt.date, last: dt.date
) -> list[Transaction]:
    """Some months' spending: up to the allowance, a cent beyond, nothing, anything."""
    account = next(filter(None, life))
    limits = [int(one.monthly_allowance * 100) for one in life if one and one.monthly_allowance]
    sales: list[tuple[dt.datetime, int, str | None]] = []
    for _ in range(rng.choice([1, 1, 2, 2, 3, 4])):
        span = (last - first).days
        day = first + dt.timedelta(days=rng.choice([0, span, rng.randint(0, span)]))
        limit = rng.choice(limits or [4200])
        total = rng.choice([limit, limit, limit + 1, limit // 3 + 1, 0])
        part = rng.randint(0, total)
        # often both on one day, so that no border of a month comes between the two
        apart = dt.timedelta(days=rng.choice([0, 0, 0, 20, 45, 100]))
        sales.append((moment(rng, day, first, last), part, None))
        sales.append((moment(rng, day + apart, first, last), total - part, None))
        if rng.random() < 0.3:
            back = rng.choice([1, part, total, rng.randint(0, 5000)])
            refunded_on = day + dt.timedelta(days=rng.choice([0, 0, 15, 40]))
            when = moment(rng, refunded_on, first, last)
            sales.append((when, -back, rng.choice(REFUND_TYPES)))
    if knobs.as_of_is_set and last == knobs.spend_as_of and rng.random() < 0.3:
        late = dt.datetime.combine(last, dt.time(0, 0), dt.UTC) + dt.timedelta(days=1)
        sales.append((late, 4200, None))
    home = rng.sample(CATEGORIES, rng.choice([1, 2, 2, 3]))
    return [
        with_state(
            rng,
            Transaction(
                f"T{account.benefit_account_id[2:]}.{number}",
                account.employee_id,
                account.benefit_account_id,
                rng.choice([f"Shop {case}", f"Shop {case}", rng.choice(SHARED_MERCHANTS)]),
                Decimal(cents).scaleb(-2),
                paid_at,
                None if rng.random() < 0.08 else home[number % len(home)],
                kind,
            ),
        )
        for number, (paid_at, cents, kind) in enumerate(sales)
    ]


def with_state(rng: Random, sale: Transaction) -> Transaction:
    """The same, most often spend as the source writes it; sometimes none."""
    kind = rng.random()
    if kind < 0.06:
        return replace(sale, transaction_status=rng.choice(["pending", "Declined", "error", "?"]))
    if kind < 0.08:
        return replace(sale, currency=rng.choice(["EUR", "GBP", "XXX"]))
    if kind < 0.10 and sale.amount < 0:
        return replace(sale, transaction_type=rng.choice([None, "purchase", "fee"]))
    if kind < 0.14:  # the type alone makes no refund
        return replace(sale, transaction_type=rng.choice(["purchase", "refund", "fee"]))
    status = rng.choice([None, None, "cleared", "Posted", "SETTLED", "approved"])
    return replace(sale, transaction_status=status, currency=rng.choice([None, "USD", "usd"]))


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
    "terminated_undated",
    "left_but_active",
    "left_but_active",
    "left_but_unknown",
    "idle",
    "hired_at_as_of",
)
