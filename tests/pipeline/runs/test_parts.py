"""What changed is written, and nothing else: cost windows, utilization, and the test of keys.

Days of random changes to few of many companies and accounts. A row that nobody else would write is
planted beside them: it stays while only the parts that changed are written. All other rows are
those of a full refresh.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb
import pytest
from conftest import Warehouse, copy_project

SEED, DAYS = 20241202, 2
CLAIMS, TRANSACTIONS = "benefits_admin.claims", "spend_accounts.transactions"
HOLDERS, ACCOUNTS = "spend_accounts.employees", "spend_accounts.benefit_accounts"
COUNT = 40  # companies and accounts; the first half is let alone
PLANTED = {
    "claims_cost_windows": "company_ein = '10-0000000' and window_end = '2024-06-01'",
    "account_utilization": "benefit_account_id = 'A00' and month = '2024-05-01'",
}

Row = dict[str, Any]


class Days:
    """Deliveries of a year, and then of some days in December.

    Args:
        warehouse: where they go.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse, self.rng, self.number = warehouse, Random(SEED), 0
        self.claims: dict[str, Row] = {}
        self.payments: dict[str, Row] = {}
        self.holders = [
            {"employee_id": f"H{n:02}", "first_name": f"Ann{n}", "last_name": "Roe",
             "email": f"ann{n}@example.com", "hire_date": "2024-01-15", "status": "active",
             "termination_date": ""}
            for n in range(COUNT)
        ]  # fmt: skip
        self.accounts = [
            {"benefit_account_id": f"A{n:02}", "employee_id": f"H{n:02}",
             "benefit_type": "wellness", "program_name": "Fit", "monthly_allowance": "200.00",
             "allowance_period": ["month", "quarter", "year"][n % 3]}
            for n in range(COUNT)
        ]  # fmt: skip

    def day(self) -> date:
        """A day of the year, up to that of this delivery."""
        newest = date(2024, 12, 1) + timedelta(days=self.number)
        return newest - timedelta(days=self.rng.choice([0, 1, 20, 100, 330]))

    def claim(self, number: int, company: int) -> Row:
        """A claim of a company; the same number restates it."""
        row = {
            "claim_id": f"C{number:04}",
            "company_ein": f"10-{company:07}",
            "service_date": self.day().isoformat(),
            "amount": f"{self.rng.choice([10, 40, 900, -25, 0])}.00",
            "claim_type": "Medical",
            "last_updated": f"2024-12-{self.number + 1:02}T{len(self.claims) % 24:02}:00:00",
        }
        self.claims[row["claim_id"]] = row
        return row

    def payment(self, number: int, account: int) -> Row:
        """A transaction of an account; the same number restates it."""
        row = {
            "transaction_id": f"T{number:04}",
            "employee_id": f"H{account:02}",
            "benefit_account_id": f"A{account:02}",
            "merchant": f"Gym {number}",
            "amount": f"{self.rng.choice([10, 40, 250])}.00",
            "timestamp": f"{self.day()}T10:00:00",
            "category": "gym",
            "last_updated": f"2024-12-{self.number + 1:02}T00:00:00",
        }
        self.payments[row["transaction_id"]] = row
        return row

    def first(self) -> None:
        """A year of claims and transactions of all."""
        claims = [self.claim(n, n % COUNT) for n in range(6 * COUNT)]
        payments = [self.payment(n, n % COUNT) for n in range(6 * COUNT)]
        self.deliver(claims, payments)

    def next(self) -> None:
        """Some new and restated rows; a company, an allowance or a holder that changes."""
        self.number += 1
        touched = range(COUNT // 2, COUNT)
        again = [
            int(key[1:]) for key, row in self.claims.items() if int(row["company_ein"][-2:]) >= 20
        ]
        claims = [
            self.claim(self.rng.choice(again), self.rng.choice(touched)) for _ in range(6)
        ] + [self.claim(1000 * self.number + n, self.rng.choice(touched)) for n in range(4)]
        if self.number == 1:  # a company that has no claim any more
            claims += [
                self.claim(int(row["claim_id"][1:]), COUNT - 2)
                for row in list(self.claims.values())
                if row["company_ein"] == f"10-{COUNT - 1:07}"
            ]
        known = [
            int(key[1:]) for key, row in self.payments.items() if int(row["employee_id"][1:]) >= 20
        ]
        payments = []
        for _ in range(5):
            number = self.rng.choice(known)
            owner = int(self.payments[f"T{number:04}"]["employee_id"][1:])
            payments.append(self.payment(number, owner))
        payments += [
            self.payment(1000 * self.number + n, self.rng.choice(touched)) for n in range(4)
        ]
        self.accounts[-self.number]["monthly_allowance"] = f"{100 + self.number}.00"
        if self.number == 2:
            self.holders[-9] |= {"status": "terminated", "termination_date": "2024-08-15"}
            self.holders[-8] |= {"hire_date": "2023-11-01"}
            self.accounts.pop(-7)
        self.deliver(claims, payments)

    def deliver(self, claims: list[Row], payments: list[Row]) -> None:
        """All four feeds; of a claim or payment that is there twice, the last one."""
        for feed, rows in (
            (CLAIMS, [*{row["claim_id"]: row for row in claims}.values()]),
            (TRANSACTIONS, [*{row["transaction_id"]: row for row in payments}.values()]),
            (HOLDERS, self.holders),
            (ACCOUNTS, self.accounts),
        ):
            self.warehouse.deliver(feed, f"2024-12-{self.number + 1:02}.csv", rows)


def change(warehouse: Warehouse, sql: str) -> None:
    """Write into the working copy while no run is on."""
    with duckdb.connect(str(warehouse.database / ".build/analytics.duckdb")) as connection:
        connection.execute(sql)


def contents(warehouse: Warehouse, name: str) -> list[tuple[Any, ...]]:
    """All rows of a mart, the planted one aside."""
    return warehouse.query(f"select * from marts.{name} where not ({PLANTED[name]}) order by all")


@pytest.fixture
def warehouse(make_warehouse: Callable[..., Warehouse], tmp_path: Any) -> Warehouse:
    """A warehouse whose companies are all known."""
    project = copy_project(tmp_path / "project")
    with (project / "seeds/reference/companies.csv").open("a") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [f"10-{n:07}", f"Company {n}", 2] for n in range(COUNT)
        )
    return make_warehouse(project_dir=project)


@pytest.mark.extended
def test_only_what_changed_is_written_and_tested(warehouse: Warehouse) -> None:
    days = Days(warehouse)
    days.first()
    warehouse.build()
    change(
        warehouse,
        "update marts.claims_cost_windows set claims_prev = 4711 where "
        + PLANTED["claims_cost_windows"]
        + "; update marts.account_utilization set program_name = 'planted' where "
        + PLANTED["account_utilization"],
    )
    for _ in range(DAYS):
        days.next()
        warehouse.build()
    assert warehouse.query(
        "select count(*) from marts.claims_cost_windows where claims_prev = 4711"
    ) == [(1,)]
    assert warehouse.query(
        "select count(*) from marts.account_utilization where program_name = 'planted'"
    ) == [(1,)]
    found = {name: contents(warehouse, name) for name in PLANTED}
    gone = f"10-{COUNT - 1:07}"
    assert not [row for row in found["claims_cost_windows"] if row[0] == gone]
    warehouse.build("--full-refresh")
    for name, rows in found.items():
        assert rows and rows == contents(warehouse, name), name
    check_keys(warehouse, days)


def check_keys(warehouse: Warehouse, days: Days) -> None:
    """A claim that is twice in the table is found by the build that writes one of them.

    Other tests count rows, and would find it, too.
    """
    others = ["assert_mart_or_quarantine_never_both", "assert_flags_match_errors"]
    change(
        warehouse,
        "insert into marts.fct_claims select * replace (-1 as row_id) from marts.fct_claims "
        "where claim_id in ('C0001', 'C0030')",
    )
    days.number += 1
    days.deliver([days.claim(30, 30)], [days.payment(2001, 25)])
    result = warehouse.dbt("build", "--exclude", *others)
    failed = {node.node.name: node.failures for node in result.result if node.status == "fail"}
    assert failed == {"assert_keys_are_unique": 1}
    result = warehouse.dbt("test", "--select", "assert_keys_are_unique")
    failed = {node.node.name: node.failures for node in result.result if node.status == "fail"}
    assert failed == {"assert_keys_are_unique": 2}
