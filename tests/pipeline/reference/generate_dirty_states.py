"""Rows whose verdict changes although they stay as they are: others arrive, change or go.

Each case is a few rows of the first deliveries, what one later delivery and new rows of the
reference seeds do, and the rules that fire on the watched rows before and after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from .generate_dirty import DELIVERIES, Company, delivery_day
from .generate_dirty_planted import Planted, Planter
from .generate_dirty_values import Row
from .judge import (
    ACCOUNTS,
    CLAIMS,
    EMPLOYEES,
    HOLDERS,
    PLANS,
    SHAPES,
    TRANSACTIONS,
    Content,
    content_of,
    record_key,
)

FILE = "states.csv"
MENDED_ON = delivery_day(DELIVERIES + 1)  # of a snapshot, the delivery in which others arrive


@dataclass(frozen=True, slots=True)
class Watched:
    """A row, the rules that fire on it before and after, and how its stay in quarantine ends."""

    feed: str
    record_key: str
    before: frozenset[str]
    after: frozenset[str] | None  # None: the row is gone
    outcome: str | None


@dataclass(slots=True)
class States:
    planted: Planted = field(default_factory=Planted)
    arriving: dict[str, list[Row]] = field(default_factory=lambda: {feed: [] for feed in SHAPES})
    leaving: set[tuple[str, Content]] = field(default_factory=set)
    seed_rows: dict[str, list[Row]] = field(default_factory=dict)
    watched: list[Watched] = field(default_factory=list)


class StatePlanter(Planter):
    """Plants one of each case; `put` delivers first, `arrive`, `change` and `leave` later."""

    def __init__(self) -> None:
        super().__init__(copies=1)
        self.number = 2 * 10**6
        self.states = States(self.made)

    def plant_states(self) -> States:
        self.parents_arrive()
        self.parents_change()
        self.references_are_mended()
        self.siblings_arrive()
        self.versions_arrive()
        self.holders_leave()
        self.plans_come_and_go()
        return self.states

    def put(self, feed: str, row: Row, faults: Sequence[str] | None = None) -> None:
        self.made.first[feed].append(row)

    def arrive(self, feed: str, row: Row) -> None:
        self.states.arriving[feed].append(row)

    def leave(self, feed: str, row: Row) -> None:
        self.states.leaving.add((feed, content_of(feed, row)))

    def change(self, feed: str, row: Row, **changed: str) -> None:  # type: ignore[override]
        """Another version takes the row's place."""
        self.leave(feed, row)
        self.arrive(feed, {**row, **changed})

    def watch(
        self, feed: str, row: Row, before: str, after: str | None, outcome: str | None = None
    ) -> None:
        """Rules are given as words; None after: the row is gone."""
        rules = None if after is None else frozenset(after.split())
        one = Watched(feed, record_key(feed, row), frozenset(before.split()), rules, outcome)
        self.states.watched.append(one)

    def watched(
        self, feed: str, row: Row, before: str, after: str | None, outcome: str | None = None
    ) -> Row:
        """Deliver a row first, and watch it."""
        self.put(feed, row)
        self.watch(feed, row, before, after, outcome)
        return row

    def spending(self, **faulty: str) -> tuple[Row, Row, Row]:
        """A holder, an account and a transaction that belong together, delivered nowhere."""
        holder = self.holder()
        account = self.owned_account(holder)
        return holder, account, self.paid_from(account, **faulty)

    # Cases

    def parents_arrive(self) -> None:
        """Children wait for an unknown or quarantined parent and are released with it."""
        holder, account, payment = self.spending()
        both = "invalid_employee_id invalid_benefit_account_id"
        self.watched(ACCOUNTS, account, "invalid_employee_id", "", "released")
        self.watched(TRANSACTIONS, payment, both, "", "released")
        self.arrive(HOLDERS, holder)

        holder, account, payment = self.spending()
        self.put(HOLDERS, holder)
        self.watched(TRANSACTIONS, payment, "invalid_benefit_account_id", "", "released")
        self.arrive(ACCOUNTS, account)

        holder, account, payment = self.spending()
        bad = {**holder, "hire_date": "2024-02-30"}
        self.watched(HOLDERS, bad, "invalid_hire_date", "", "superseded")
        self.watched(ACCOUNTS, account, "invalid_employee_id", "", "released")
        self.watched(TRANSACTIONS, payment, both, "", "released")
        self.change(HOLDERS, bad, hire_date="2024-01-02")

    def parents_change(self) -> None:
        """A valid child is withheld once its parent is bad, another's or terminated."""
        holder, account, payment = self.spending()
        self.put(HOLDERS, holder)
        self.watched(ACCOUNTS, account, "", "invalid_allowance")
        self.watched(TRANSACTIONS, payment, "", "invalid_benefit_account_id")
        self.change(ACCOUNTS, account, monthly_allowance="1e3")

        holder, account, payment = self.spending()
        other = self.holder()
        self.put(HOLDERS, holder)
        self.put(HOLDERS, other)
        self.put(ACCOUNTS, account)
        self.watched(TRANSACTIONS, payment, "", "cross_employee_account_usage")
        self.change(ACCOUNTS, account, employee_id=other["employee_id"])

        holder, account, payment = self.spending()  # a deleted parent stays known
        self.put(HOLDERS, holder)
        self.watched(ACCOUNTS, account, "", "")
        self.watched(TRANSACTIONS, payment, "", "")
        self.leave(HOLDERS, holder)

        company = self.company()
        lost = self.person(company, start_date="soon")
        self.watched(EMPLOYEES, lost, "invalid_start_date", None, "deleted")
        # A roster speaks for the companies that it mentions: a colleague stays.
        self.put(EMPLOYEES, self.person(company))
        self.leave(EMPLOYEES, lost)

    def references_are_mended(self) -> None:
        """A row added to a reference seed takes flags away."""
        self.allow("spend_accounts", "employees", "status", "Sabbatical")
        self.watched(HOLDERS, self.holder(status="SABBATICAL"), "unknown_status", "")

        self.allow("benefits_admin", "plans", "plan_type", "Hearing")
        self.allow("benefits_admin", "claims", "claim_type", "Hearing")
        company = self.company()
        self.watched(PLANS, self.plan(company, plan_type="Hearing"), "unknown_plan_type", "")
        claim = self.claim(company, claim_type="hearing")
        self.watched(CLAIMS, claim, "unknown_claim_type", "")

        self.allow("spend_accounts", "benefit_accounts", "benefit_type", "Commuting")
        self.add("category_benefit_mappings.csv", benefit_type="Commuting", valid_category="train")
        holder, account, payment = self.spending(category="Train")
        account["benefit_type"] = "commuting"
        self.put(HOLDERS, holder)
        self.watched(ACCOUNTS, account, "unknown_benefit_type", "")
        self.watched(TRANSACTIONS, payment, "category_mismatch", "")

        company = self.company(is_listed=False)
        person = self.person(company, company_ein="")
        self.watched(EMPLOYEES, person, "company_unresolved", "company_inferred")
        self.watched(EMPLOYEES, self.person(company), "unknown_company", "")
        self.watched(PLANS, self.plan(company), "unknown_company", "")
        self.watched(CLAIMS, self.claim(company), "unknown_company", "")
        ein, domain = company.company_ein, company.domain
        self.add("companies.csv", company_ein=ein, company_name="Late", expected_employees="3")
        self.add("company_lookup.csv", email_domain=domain, company_ein=ein)

    def allow(self, source: str, feed: str, column: str, value: str) -> None:
        self.add("allowed_values.csv", source=source, feed=feed, field=column, value=value)

    def add(self, seed: str, **cells: str) -> None:
        self.states.seed_rows.setdefault(seed, []).append(cells)

    def siblings_arrive(self) -> None:
        """An old transaction is judged again when others of its id, account or kind arrive."""
        contradiction = "conflicting_duplicate duplicate_key"
        one = self.known_payment()
        self.watched(TRANSACTIONS, one, "", contradiction)
        self.arrive(TRANSACTIONS, one)
        self.arrive(TRANSACTIONS, {**one, "amount": "12.51"})

        one = self.known_payment()
        self.put(TRANSACTIONS, {**one, "amount": "12.51"})
        self.watched(TRANSACTIONS, one, contradiction, "", "superseded")
        self.arrive(TRANSACTIONS, {**one, "last_updated": "2025-04-01T00:00:00Z"})

        late = self.known_payment(amount="60.00", timestamp="2025-03-20T10:00:00Z")
        early = {**late, "transaction_id": self.next("T"), "timestamp": "2025-03-05T10:00:00Z"}
        self.watched(TRANSACTIONS, late, "", "over_monthly_allowance")
        self.watch(TRANSACTIONS, early, "", "")
        self.arrive(TRANSACTIONS, early)

        late = self.known_payment(amount="60.00", timestamp="2025-03-20T10:00:00Z")
        early = {**late, "transaction_id": self.next("T"), "timestamp": "2025-03-05T10:00:00Z"}
        self.put(TRANSACTIONS, early)
        self.watched(TRANSACTIONS, late, "over_monthly_allowance", "")
        self.arrive(TRANSACTIONS, {**early, "amount": "6.00", "last_updated": "2025-04-01"})

        again = self.known_payment()
        first = {**again, "transaction_id": self.next("T"), "timestamp": "2025-03-04T09:57:00Z"}
        self.watched(TRANSACTIONS, again, "", "suspected_duplicate")
        self.watch(TRANSACTIONS, first, "", "")
        self.arrive(TRANSACTIONS, first)

    def versions_arrive(self) -> None:
        """A later version says that money was spent after all, or makes the older one unclear."""
        updated = {"last_updated": "2025-04-01T00:00:00Z"}
        pending = self.known_payment(transaction_status="pending")
        self.watched(TRANSACTIONS, pending, "not_settled", "", "superseded")
        self.arrive(TRANSACTIONS, {**pending, "transaction_status": "Posted", **updated})
        settled = self.known_payment(transaction_status="posted")
        self.watched(TRANSACTIONS, settled, "", "not_a_purchase")
        self.arrive(TRANSACTIONS, {**settled, "transaction_status": "voided", **updated})
        negative = self.known_payment(amount="-5.00")
        self.watched(TRANSACTIONS, negative, "negative_amount", "refund", "superseded")
        self.arrive(TRANSACTIONS, {**negative, "transaction_type": "Refund", **updated})

        pending = self.covered_claim(line_number="1", claim_status="Pend")
        self.watched(CLAIMS, pending, "claim_not_paid", "", "superseded")
        self.arrive(CLAIMS, {**pending, "claim_status": "paid", **updated})
        one = self.covered_claim(line_number="1")
        self.watched(CLAIMS, one, "", "conflicting_duplicate duplicate_key")
        self.arrive(CLAIMS, one)
        self.arrive(CLAIMS, {**one, "amount": "12.51"})
        other = {**one, "line_number": "2"}  # another line is not concerned
        self.watched(CLAIMS, other, "", "")

        # An allowance that rises: months that were over before stay so.
        holder, account, _ = self.spending()
        account["monthly_allowance"] = "50.00"
        self.put(HOLDERS, holder)
        self.put(ACCOUNTS, account)
        over = "over_monthly_allowance"
        mended_on = MENDED_ON.isoformat()
        month_before = MENDED_ON.replace(day=1) - dt.timedelta(days=1)
        for day, after in ((month_before.isoformat(), over), (mended_on, "")):
            charge = self.paid_from(account, amount="60.00", timestamp=f"{day}T10:00:00Z")
            self.watched(TRANSACTIONS, charge, over, after)
        self.change(ACCOUNTS, account, monthly_allowance="100.00")
        # The spend of a year counts once the allowance is one of a year.
        holder, account, _ = self.spending()
        self.put(HOLDERS, holder)
        self.put(ACCOUNTS, account)
        for day, after in (("2025-01-10", ""), (mended_on, over)):
            charge = self.paid_from(account, amount="60.00", timestamp=f"{day}T10:00:00Z")
            self.watched(TRANSACTIONS, charge, "", after)
        self.change(ACCOUNTS, account, allowance_period="year")

    def holders_leave(self) -> None:
        """What a holder spent is withheld or told of once it is known that they have left."""
        day, too_late = MENDED_ON.isoformat(), "terminated_employee"
        next_day = (MENDED_ON + dt.timedelta(days=1)).isoformat()
        ended = {"termination_date": day}
        for before, after, on_the_day, the_next in (
            ({}, {"status": "terminated"}, ("", too_late), ("", too_late)),
            ({}, ended, ("", too_late), ("", too_late)),
            ({}, {"status": "terminated", "termination_date": next_day}, ("", ""), ("", too_late)),
            (ended, {"termination_date": "present"}, (too_late, ""), (too_late, "")),
            ({"status": "Terminated"}, {"status": "active"}, (too_late, ""), (too_late, "")),
            ({"status": "T"}, ended, (too_late, too_late), (too_late, too_late)),
            ({}, None, ("", ""), ("", "departed_employee")),
        ):
            holder, account, _ = self.spending()
            holder |= before
            self.put(HOLDERS, holder)
            self.put(ACCOUNTS, account)
            for paid_on, (now, then) in ((day, on_the_day), (next_day, the_next)):
                charge = self.paid_from(account, timestamp=f"{paid_on}T00:00:00Z")
                released = "released" if now == too_late and then != too_late else None
                self.watched(TRANSACTIONS, charge, now, then, released)
            if after is None:
                self.leave(HOLDERS, holder)
            else:
                self.change(HOLDERS, holder, **after)

    def known_payment(self, **faulty: str) -> Row:
        """A transaction whose holder and account are delivered first."""
        holder, account, payment = self.spending(**faulty)
        self.put(HOLDERS, holder)
        self.put(ACCOUNTS, account)
        return payment

    def plans_come_and_go(self) -> None:
        """Coverage of claims, and overlaps, follow the plans."""
        company = self.company()
        self.watched(CLAIMS, self.claim(company), "no_coverage_on_service_date", "")
        self.arrive(PLANS, self.plan(company))

        company = self.company()
        plan = self.watched(PLANS, self.plan(company), "", None)
        self.watched(CLAIMS, self.claim(company), "", "no_coverage_on_service_date")
        self.leave(PLANS, plan)

        company = self.company()
        self.watched(PLANS, self.plan(company), "", "overlapping_coverage")
        self.arrive(PLANS, self.plan(company, carrier_name="Other Health"))

        company = self.company()  # a second option under the same key
        option = self.watched(
            PLANS, self.plan(company), "", "overlapping_coverage duplicate_key duplicate_plan_key"
        )
        self.arrive(PLANS, {**option, "end_date": "2024-06-30"})

        company = self.company()  # and one that gets a name
        option = self.plan(company, end_date="2024-06-30")
        both = "overlapping_coverage duplicate_key duplicate_plan_key"
        self.watched(PLANS, self.plan(company), both, "")
        self.put(PLANS, option)
        self.leave(PLANS, option)
        self.arrive(PLANS, {**option, "plan_name": "PPO 500"})

        company = self.company()
        plan = self.watched(PLANS, self.plan(company), "overlapping_coverage", "")
        later = self.plan(company, start_date="2024-07-01")
        self.watched(PLANS, later, "overlapping_coverage", "")
        self.change(PLANS, plan, end_date="2024-06-30")

    def claim(self, company: Company, **faulty: str) -> Row:
        """A claim, and no plan for it."""
        plans = len(self.made.first[PLANS])
        claim = self.covered_claim(company, **faulty)
        del self.made.first[PLANS][plans:]
        return claim
