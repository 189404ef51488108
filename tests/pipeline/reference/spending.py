"""Spend of accounts by month against the allowances that were known, and what merchants sell."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .records import Account, Delivery, Holder, Transaction

BEFORE_ALL = dt.datetime.min.replace(tzinfo=dt.UTC)
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
REFUNDS = ("refund", "credit", "reversal", "chargeback")
SETTLED = ("cleared", "posted", "settled", "approved")


@dataclass(frozen=True, slots=True)
class Version:
    """What a delivery says of an account, and the day on which it was known."""

    known_on: dt.date
    account: Account


def histories(files: Sequence[Delivery[Account]]) -> dict[str, list[Version]]:
    """The versions of each account, oldest first: undated ones, then by date; later files win."""
    found: dict[str, list[Version]] = defaultdict(list)
    for file in files:
        for account in file.rows:
            dated = account.last_updated
            known_on = dated.astimezone(dt.UTC).date() if dated else file.day
            found[account.benefit_account_id].append(Version(known_on, account))
    for versions in found.values():
        versions.sort(key=lambda version: version.account.last_updated or BEFORE_ALL)
    return found


def known(versions: list[Version], day: dt.date) -> Account:
    """The newest version that was known on a day; the first one has always been."""
    readable = [version for version in versions if version.account.is_readable]
    told = [version for version in readable if version.known_on <= day]
    return (told or readable[:1])[-1].account


def current_accounts(files: Sequence[Delivery[Account]]) -> list[Account]:
    """The newest version of each account that the last file holds, unless it can't be read."""
    found = histories(files)
    held = [found[account.benefit_account_id][-1].account for account in files[-1].rows]
    return [account for account in held if account.is_readable]


def counted(
    transactions: Iterable[Transaction],
    holders: Iterable[Holder],
    files: Sequence[Delivery[Account]],
    as_of: dt.date,
) -> list[Transaction]:
    """The transactions that are spend; the others are withheld."""
    holder_of = {holder.employee_id: holder for holder in holders}
    accounts = {
        account_id
        for account_id, versions in histories(files).items()
        if versions[-1].account.is_readable
    }
    return [
        sale
        for sale in transactions
        if sale.benefit_account_id in accounts
        and sale.utc_day <= as_of
        and not had_left(holder_of[sale.employee_id], sale.utc_day)
        and is_spend(sale)
    ]


def had_left(holder: Holder, day: dt.date) -> bool:
    """From the termination date on; where a terminated one has none, always."""
    if holder.termination_date:
        return day >= holder.termination_date
    return holder.status.lower() == "terminated"


def is_spend(sale: Transaction) -> bool:
    """A settled amount in dollars, below zero only where it is a refund."""
    is_settled = sale.transaction_status is None or sale.transaction_status.lower() in SETTLED
    is_ours = (sale.currency or "USD").lower() == "usd"
    is_refund = (sale.transaction_type or "").lower() in REFUNDS
    return is_settled and is_ours and (sale.amount >= 0 or is_refund)


def account_utilization(
    files: Sequence[Delivery[Account]],
    holders: Iterable[Holder],
    transactions: Iterable[Transaction],
    as_of: dt.date,
) -> list[dict[str, Any]]:
    """Rows of marts.account_utilization; utilization_pct is an exact Fraction."""
    holders = list(holders)
    holder_of = {holder.employee_id: holder for holder in holders}
    found = histories(files)
    paid: dict[str, list[Transaction]] = defaultdict(list)
    for transaction in counted(transactions, holders, files, as_of):
        paid[transaction.benefit_account_id].append(transaction)
    return [
        row
        for account in current_accounts(files)
        for row in account_months(
            found[account.benefit_account_id],
            holder_of[account.employee_id],
            paid[account.benefit_account_id],
            as_of,
        )
    ]


def account_months(
    versions: list[Version], holder: Holder, paid: list[Transaction], as_of: dt.date
) -> Iterator[dict[str, Any]]:
    """Every month of an account, from hire or the first transaction to as_of or termination."""
    begins = [transaction.utc_day for transaction in paid]
    begins += [holder.hire_date] if holder.hire_date else []
    if not begins:
        return
    for month in months(min(begins), min(as_of, holder.termination_date or as_of)):
        month_end = next_month(month) - dt.timedelta(days=1)
        account = known(versions, month_end)
        allowance = account.monthly_allowance
        spend = spent(paid, month, month_end)
        period_spend = spent(paid, period_start(month, account.allowance_period), month_end)
        yield {
            "benefit_account_id": account.benefit_account_id,
            "month": month,
            "allowance": allowance,
            "allowance_period": account.allowance_period,
            "spend": spend,
            "period_spend": period_spend,
            "utilization_pct": Fraction(spend) * 100 / Fraction(allowance) if allowance else None,
            "over_allowance": allowance is not None and period_spend > allowance,
        }


def spent(paid: list[Transaction], first: dt.date, last: dt.date) -> Decimal:
    return sum((sale.amount for sale in paid if first <= sale.utc_day <= last), Decimal(0))


def period_start(month: dt.date, period: str) -> dt.date:
    """The first day of the calendar month, quarter or year in which a month is."""
    length = MONTHS_OF[period]
    return month.replace(month=(month.month - 1) // length * length + 1)


def months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The first days of the months of two dates and of all between; none if they are swapped."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def next_month(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1)


def benefit_programs(files: Sequence[Delivery[Account]]) -> list[dict[str, Any]]:
    """Rows of marts.dim_benefit_programs."""
    columns = ("benefit_type", "program_name", "monthly_allowance", "allowance_period")
    programs = Counter(
        tuple(getattr(account, column) for column in columns) for account in current_accounts(files)
    )
    return [
        dict(zip(columns, program, strict=True)) | {"account_count": count}
        for program, count in programs.items()
    ]


def merchants(transactions: Iterable[Transaction]) -> list[dict[str, Any]]:
    """Rows of marts.dim_merchants; a transaction without a category votes for none."""
    by_merchant: dict[str, list[Transaction]] = defaultdict(list)
    for transaction in transactions:
        by_merchant[transaction.merchant].append(transaction)
    rows = []
    for merchant, sales in sorted(by_merchant.items()):
        votes = Counter(sale.category for sale in sales if sale.category)
        most = max(votes.values(), default=0)
        winners = sorted(category for category, count in votes.items() if count == most)
        rows.append(
            {
                "merchant": merchant,
                "primary_category": winners[0] if winners else None,
                "transaction_count": len(sales),
            }
        )
    return rows
