"""Utilisation of accounts by month, and what merchants mostly sell."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .records import Account, Holder, Transaction


def account_utilization(
    accounts: Iterable[Account],
    holders: Iterable[Holder],
    transactions: Iterable[Transaction],
    as_of: dt.date,
) -> list[dict[str, Any]]:
    """Rows of marts.account_utilization; utilization_pct is an exact Fraction."""
    holder_of = {holder.employee_id: holder for holder in holders}
    paid: dict[str, list[Transaction]] = defaultdict(list)
    for transaction in transactions:
        if transaction.utc_day <= as_of:
            paid[transaction.benefit_account_id].append(transaction)
    rows = []
    for account in accounts:
        holder = holder_of[account.employee_id]
        own = paid[account.benefit_account_id]
        begins = [transaction.utc_day for transaction in own]
        begins += [holder.hire_date] if holder.hire_date else []
        if not begins:
            continue
        ends = [as_of]
        if holder.is_terminated and holder.termination_date:
            ends.append(holder.termination_date)
        for month in months(min(begins), min(ends)):
            spend = sum(
                (
                    transaction.amount
                    for transaction in own
                    if transaction.utc_day.replace(day=1) == month
                ),
                Decimal(0),
            )
            allowance = account.monthly_allowance
            rows.append(
                {
                    "benefit_account_id": account.benefit_account_id,
                    "month": month,
                    "allowance": allowance,
                    "spend": spend,
                    "utilization_pct": Fraction(spend) * 100 / Fraction(allowance)
                    if allowance
                    else None,
                    "over_allowance": spend > allowance,
                }
            )
    return rows


def months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The first days of the months of two dates and of all between; none if they are swapped."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + dt.timedelta(days=31)).replace(day=1)


def merchants(transactions: Iterable[Transaction], as_of: dt.date) -> list[dict[str, Any]]:
    """Rows of marts.dim_merchants; a transaction without a category votes for none."""
    by_merchant: dict[str, list[Transaction]] = defaultdict(list)
    for transaction in transactions:
        if transaction.utc_day <= as_of:
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
