"""Meanings that need several deliveries: bookings, leavers, allowances, withdrawn plans.

Each file is loaded by a build of its own, then all of them at once: the marts are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from conftest import Warehouse, copy_project
from mart_hashes import mart_hashes

CLAIM = "claim_id,line_number,company_ein,service_date,amount,claim_type"
PLAN = "company_ein,plan_type,carrier_name,start_date,end_date"
HOLDER = "employee_id,first_name,last_name,email,hire_date,status,termination_date"
ACCOUNT = "benefit_account_id,employee_id,benefit_type,program_name,monthly_allowance"
CARD = "transaction_id,employee_id,benefit_account_id,merchant,amount,timestamp,category"
CARDS = f"{CARD},transaction_status"
FEEDS = {
    "claims": "benefits_admin.claims",
    "plans": "benefits_admin.plans",
    "holders": "spend_accounts.employees",
    "accounts": "spend_accounts.benefit_accounts",
    "cards": "spend_accounts.transactions",
}
SEED = 14
AS_OF = {"as_of_date": "2026-11-20"}
PLAIN = ("--exclude-resource-type", "test", "unit_test")
Files = list[tuple[str, str, list[str]]]  # feed, name, lines


def bookings(rng: Random, files: int) -> tuple[Files, Counter[str]]:
    """Overlapping files of a sender of movements, and what they add up to.

    A line of a claim is booked, sometimes twice alike, reversed and booked again; each file repeats
    a part of what came before.
    """
    made: Files = []
    before: list[str] = []
    most: Counter[str] = Counter()
    for number in range(1, files + 1):
        rows = rng.sample(before, len(before) // 3)
        for _ in range(40):
            claim, line, amount = rng.randint(1, 60), rng.choice(["", "1", "2"]), rng.randint(1, 9)
            sign = rng.choice(["", "", "-"])
            row = (
                f"M{claim},{line},11-1111111,2026-03-{claim % 28 + 1:02d},{sign}{amount}.00,Medical"
            )
            rows += [row] * rng.choice([1, 1, 1, 2, 3])
        rng.shuffle(rows)
        before = [*before, *rows]
        for row, count in Counter(rows).items():
            most[row] = max(most[row], count)
        made.append(("claims", f"sender=tpa/2026-0{number}-28.csv", [CLAIM, *rows]))
    return made, most


def steps() -> list[Files]:
    """What comes in each of four weeks."""
    plans = [f"7{n}-7777777,Medical,Cedar,2026-01-01," for n in range(1, 6)]
    holders = [f"K{n},Ann,Roe,k{n}@card.example,2026-01-01,active," for n in range(1, 6)]
    accounts = [f"B{n},K{n},meals,Lunch {n},50.00" for n in range(1, 6)]
    raised = ["B1,K1,meals,Lunch 1,100.00", *accounts[1:]]
    return [
        [
            ("plans", "2026-11-01.csv", [PLAN, *plans]),
            ("holders", "2026-11-01.csv", [HOLDER, *holders]),
            ("accounts", "2026-11-01.csv", [ACCOUNT, *accounts]),
            (
                "cards",
                "2026-11-01.csv",
                [
                    CARDS,
                    "T1,K1,B1,Cafe,60.00,2026-05-05T12:00:00Z,food,posted",
                    "T2,K2,B2,Cafe,9.00,2026-10-31T12:00:00Z,food,pending",
                ],
            ),
        ],
        [
            ("plans", "2026-11-08.csv", [PLAN, *plans[1:]]),  # the first company's only one is gone
            ("holders", "2026-11-08.csv", [HOLDER, *holders[:3], holders[4]]),  # K4 is gone
            ("accounts", "2026-11-08.csv", [ACCOUNT, *raised]),
            (
                "cards",
                "2026-11-08.csv",
                [
                    CARDS,
                    "T2,K2,B2,Cafe,9.00,2026-10-31T12:00:00Z,food,settled",
                    "T4,K4,B4,Cafe,20.00,2026-11-08T12:00:00Z,food,",
                    "T5,K4,B4,Cafe,20.00,2026-11-09T12:00:00Z,food,",
                    "T6,K1,B1,Cafe,80.00,2026-11-02T12:00:00Z,food,",
                ],
            ),
        ],
        [
            # The first company's plan comes back, and begins later.
            ("plans", "2026-11-15.csv", [PLAN, "71-7777777,Medical,Cedar,2026-06-01,", *plans[1:]]),
            ("holders", "2026-11-15.csv", [HOLDER, *holders]),  # and so does K4
        ],
        # A file that comes late finds its place: K5's allowance was 40.00 for a week.
        [
            (
                "accounts",
                "2026-11-04.csv",
                [ACCOUNT, *accounts[:4], "B5,K5,meals,Lunch 5,40.00"],
            ),
        ],
    ]


def deliver(warehouse: Warehouse, files: Sequence[tuple[str, str, list[str]]]) -> None:
    """Put files into the landing zone."""
    for feed, name, lines in files:
        warehouse.deliver(FEEDS[feed], name, "\n".join(lines) + "\n")


def gaps(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """The gaps of the companies here."""
    return warehouse.query(
        "select company_ein, gap_type, gap_start::varchar, gap_length_days from marts.plan_gaps "
        "where company_ein like '7%' order by all"
    )


def flags(warehouse: Warehouse) -> dict[str, list[str]]:
    """Transactions of the mart with their flags."""
    return dict(warehouse.query("select transaction_id, dq_flags from marts.fct_transactions"))


def marts(warehouse: Warehouse) -> dict[str, str]:
    """What the marts hold, wherever the rows came from; each warehouse has a pepper of its own."""
    database = warehouse.database / "analytics.duckdb"
    return mart_hashes(database, without={"row_id", "email_token"})


@pytest.mark.extended
@pytest.mark.parametrize("is_refreshed", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_meanings_of_several_deliveries(tmp_path: Path, is_refreshed: bool) -> None:
    """Week by week, and at once; `make soak` also refreshes in full."""
    project = copy_project(tmp_path / "project")
    with (project / "seeds/reference/sender_settings.csv").open("a") as file:
        file.write("benefits_admin,claims,tpa,claims_are,movements\n")
    weekly, at_once = (Warehouse(tmp_path / name, project) for name in ("weekly", "at_once"))
    weekly.zone.mkdir(parents=True)
    manifest = weekly.manifest()
    files, most = bookings(Random(SEED), len(steps()))
    seen = []
    for week, booked in zip(steps(), files, strict=True):
        deliver(weekly, [*week, booked])
        weekly.build(*PLAIN, vars=AS_OF, manifest=manifest)
        seen.append((gaps(weekly), flags(weekly)))
    # Withdrawn, then back: 2026-01-01 to 2026-11-20 are 324 days, to 2026-05-31 nothing is told of.
    assert [found for found, _ in seen] == [
        [],
        [("71-7777777", "withdrawn", "2026-01-01", 324)],
        [],
        [],
    ]
    over = "over_monthly_allowance"
    assert seen[0][1] == {"T1": [over]}
    assert seen[1][1] == {"T1": [over], "T2": [], "T4": [], "T5": ["departed_employee"], "T6": []}
    assert seen[2][1]["T5"] == []
    allowances = weekly.query(
        "select allowance::varchar, over_allowance from marts.account_utilization "
        "where (benefit_account_id, month) in (('B1', '2026-05-01'), ('B1', '2026-11-01')) "
        "order by month"
    )
    assert allowances == [("50.00", True), ("100.00", False)]
    shown = weekly.query(
        "select concat_ws(',', claim_id, coalesce(line_number, ''), company_ein, service_date, "
        "amount, claim_type) as row, count(*) from marts.fct_claims group by row"
    )
    assert Counter(dict(shown)) == most
    assert weekly.query("select count(*) from quality.reconciliation where difference <> 0") == [
        (0,)
    ]
    for week, booked in zip(steps(), files, strict=True):
        deliver(at_once, [*week, booked])
    at_once.build(*PLAIN, vars=AS_OF, manifest=manifest)
    assert marts(weekly) == marts(at_once)
    if is_refreshed:
        weekly.build(*PLAIN, "--full-refresh", vars=AS_OF, manifest=manifest)
        assert marts(weekly) == marts(at_once)
