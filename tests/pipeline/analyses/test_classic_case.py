"""Small cases with right answers worked out by hand, delivered as files to a landing zone."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
import stat
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse
from mart_hashes import mart_hashes

HOLDERS = """employee_id,first_name,last_name,email,hire_date,status,termination_date
E001,Ines,Okafor,ines.okafor@acme.com,2023-02-01,active,
E002,Tomas,Lind,tomas.lind@acme.com,2023-03-15,Active,
E003,Priya,Nair,priya.nair@bluehorizon.io,2022-11-01,active,
E004,Gus,Hale,gus.hale@acme.com,2021-05-20,terminated,2024-01-31
"""
ACCOUNTS = """benefit_account_id,employee_id,benefit_type,program_name,monthly_allowance,\
current_balance
BA1001,E001,wellness,Move More,100.00,40.00
BA1002,E001,meals,Lunch Club,200.00,150.00
BA1003,E002,wfh,Desk Fund,75.00,75.00
BA1004,E003,learning,Study Fund,300.00,10.00
BA1005,E002,wellness,Move More,100.00,100.00
"""
# Two headers are aliases and the order is another one; there is no last_updated column.
TRANSACTIONS = """Amount,transaction_id,Txn Date,employee_id,benefit_account_id,merchant,category
45.00,T1,2024-03-01T09:00:00Z,E001,BA1001,Iron Gym,gym
12.50,T2,2024-03-02T12:30:00+02:00,E001,BA1002,Soup Stop,food
60.00,T3,2024-03-03T08:00:00Z,E002,BA1003,Paper Mill,office_supplies
25.00,T4,2024-03-03T10:00:00Z,E003,BA1001,Iron Gym,gym
80.00,T5,2024-03-04T10:00:00Z,E004,BA1004,Book Nook,education
-5.00,T6,2024-03-05T10:00:00Z,E002,BA1003,Paper Mill,office_supplies
120.00,T7,2024-03-06T23:30:00-05:00,E003,BA1004,Book Nook,gym
"""
ROSTER = """start_date,person_id,email,full_name,title,notes,company_ein,extra
2023-02-01,P1,ines.okafor@acme.com,Ines Okafor,Analyst,likes tea,11-1111111,x
03/15/2023,P2,Tomas.Lind@ACME.com,Tomas Lindt,,,,x
20211101,P3,priya.nair@bluehorizon.io,Priya Nair,Lead,,222222222,x
2021-05-20,P4,gus.hale@acme.com,Gus Hale,Clerk,,11-1111111,x
31-02-2024,P5,nobody@acme.com,No Body,Clerk,,11-1111111,x
"""
PLANS = """company_ein,plan_type,carrier_name,start_date,end_date
11-1111111,Medical,Alpha,2023-01-01,2023-12-31
11-1111111,medical,Beta,2024-04-01,
11-1111111,Dental,Alpha,2023-01-01,2023-12-31
11-1111111,Dental,Beta,2024-03-31,2024-05-31
"""
CLAIMS = """claim_id,company_ein,service_date,amount,claim_type
C1,11-1111111,2024-01-01,10.00,Medical
C2,11-1111111,2024-03-31,"1,020.00",Medical
C3,11-1111111,2024-04-01,30.00,Medical
C4,11-1111111,2024-02-01,(5.00),Dental
C5,11-1111111,2024-08-30,0.10,Medical
"""


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse that has the roster only."""
    warehouse = Warehouse(tmp_path_factory.mktemp("roster"))
    warehouse.deliver("benefits_admin.employees", "2024-04-01.csv", ROSTER)
    warehouse.build()
    return warehouse


def copy_of(warehouse: Warehouse, folder: Path) -> Warehouse:
    return Warehouse(shutil.copytree(warehouse.folder, folder))


@pytest.fixture(scope="module")
def classic(roster: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse that has taken in all six feeds, by increments."""
    warehouse = copy_of(roster, tmp_path_factory.mktemp("classic") / "copy")
    warehouse.deliver("spend_accounts.employees", "2024-04-01.csv", HOLDERS)
    warehouse.deliver("spend_accounts.benefit_accounts", "2024-04-01.csv", ACCOUNTS)
    warehouse.deliver("spend_accounts.transactions", "2024-04-01.csv", TRANSACTIONS)
    warehouse.deliver("benefits_admin.plans", "2024-04-01.csv", PLANS)
    warehouse.deliver("benefits_admin.claims", "2024-04-01.csv", CLAIMS)
    warehouse.build()
    return warehouse


def test_classic_case(classic: Warehouse) -> None:
    """Three transactions withheld with their reasons, four in the fact; findings as worked by
    hand."""
    warehouse = classic
    assert warehouse.query(
        "select transaction_id, rejection_reason, all_reasons "
        "from quality.quarantine_transactions order by 1"
    ) == [
        ("T4", "cross_employee_account_usage", ["cross_employee_account_usage"]),
        ("T5", "terminated_employee", ["terminated_employee", "cross_employee_account_usage"]),
        ("T6", "negative_amount", ["negative_amount"]),
    ]
    assert warehouse.query(
        "select transaction_id, amount, transaction_at, benefit_type, dq_flags "
        "from marts.fct_transactions order by 1"
    ) == [
        ("T1", Decimal("45.00"), dt.datetime(2024, 3, 1, 9), "wellness", []),
        ("T2", Decimal("12.50"), dt.datetime(2024, 3, 2, 10, 30), "meals", []),
        ("T3", Decimal("60.00"), dt.datetime(2024, 3, 3, 8), "wfh", []),
        (
            "T7",
            Decimal("120.00"),
            dt.datetime(2024, 3, 7, 4, 30),
            "learning",
            ["category_mismatch"],
        ),
    ]
    # 2023-12-31 to 2024-04-01 leaves 91 days uncovered; the Dental gap of 90 days is not reported,
    # but the newest claim is of 2024-08-30: 91 days after the Dental coverage ended.
    assert warehouse.query(
        "select plan_type, gap_type, gap_start, gap_end, gap_length_days, previous_carrier, "
        "next_carrier, claims_in_gap, claim_cost_in_gap from marts.plan_gaps order by 1, 2"
    ) == [
        ("Dental", "trailing", dt.date(2024, 6, 1), None, 91, "Beta", None, 0, Decimal("0.00")),
        (
            *("Medical", "internal", dt.date(2024, 1, 1), dt.date(2024, 3, 31), 91),
            *("Alpha", "Beta", 2, Decimal("1030.00")),
        ),
    ]
    assert warehouse.query(
        "select company_ein, observed, quarantined, severity from marts.roster_mismatch "
        "where observed > 0 order by 1"
    ) == [("11-1111111", 3, 1, "High"), ("22-2222222", 1, 0, "High")]
    assert warehouse.query(
        "select side, person_id, employee_id, difference_type from marts.roster_differences "
        "order by 2, 4"
    ) == [
        ("both", "P2", "E002", "name_differs"),
        ("both", "P4", "E004", "terminated_on_roster"),
    ]
    assert warehouse.query(
        "select person_id, full_name, email, company_ein, company_ein_source, dq_flags "
        "from marts.dim_employees where person_id in ('P1', 'P2') order by 1"
    ) == [
        ("P1", "I. O.", "****@acme.com", "11-1111111", "source", []),
        (
            "P2",
            "T. L.",
            "****@acme.com",
            "11-1111111",
            "inferred",
            ["missing_title", "company_inferred"],
        ),
    ]
    assert warehouse.query(
        "select month, spend, utilization_pct, over_allowance from marts.account_utilization "
        "where benefit_account_id = 'BA1002' and month >= '2024-02-01' order by 1"
    ) == [
        (dt.date(2024, 2, 1), Decimal("0.00"), Decimal("0.00"), False),
        (dt.date(2024, 3, 1), Decimal("12.50"), Decimal("6.25"), False),
    ]
    assert {row["difference"] for row in warehouse.rows("quality.reconciliation")} == {0}
    assert warehouse.query("select feed, column_name, drift from quality.schema_drift") == [
        ("employees", "extra", "added")
    ]


def test_exports_and_rights(roster: Warehouse) -> None:
    """The exports have their first columns, are empty with a header where nothing was found, and
    the restricted side is closed to others."""
    warehouse, heads = roster, {}
    for file in sorted(warehouse.exports.glob("*.csv")):
        with file.open(newline="") as lines:
            rows = list(csv.reader(lines))
        heads[file.name] = (rows[0], len(rows) - 1)
    assert heads["sql_gaps.csv"][0][:6] == [
        *("company_name", "gap_start", "gap_end", "gap_length_days"),
        *("previous_carrier", "next_carrier"),
    ]
    assert heads["sql_gaps.csv"][1] == 0
    assert heads["sql_spikes.csv"][0][:6] == [
        *("company_name", "window_start", "window_end"),
        *("prev_90d_cost", "current_90d_cost", "pct_change"),
    ]
    assert heads["sql_spikes.csv"][1] == 0
    assert heads["sql_roster.csv"][0][:5] == [
        *("company_name", "expected", "observed", "pct_diff", "severity")
    ]
    assert heads["validation_errors.csv"][0][:3] == ["row_id", "field", "error_reason"]
    assert heads["quarantine_transactions.csv"][1] == 0
    with duckdb.connect() as connection:
        clean = connection.read_parquet(f"{warehouse.exports}/clean_data.parquet")
        assert "industry" in clean.columns and len(clean.fetchall()) == 4
    log = [json.loads(line) for line in (warehouse.exports / "run_log.jsonl").open()]
    assert [run["status"] for run in log] == ["success"]

    def rights(path: str) -> int:
        return stat.S_IMODE((warehouse.database / path).stat().st_mode)

    assert rights("restricted.duckdb") == 0o600
    assert rights("restricted") == 0o700
    assert rights("restricted.pepper") == 0o600
    assert rights("analytics.duckdb") == 0o644


def test_second_build_changes_nothing_while_read(classic: Warehouse, tmp_path: Path) -> None:
    """Guarantees 2 and 6: a reader holds the published file through a build that changes no
    mart."""
    warehouse = copy_of(classic, tmp_path / "copy")
    first = {file.name: file.read_bytes() for file in warehouse.exports.iterdir()}
    before = mart_hashes(warehouse.database / "analytics.duckdb")
    reader = warehouse.connect()
    runs = reader.execute("select count(*) from ops.run_history").fetchone()
    warehouse.build()
    assert reader.execute("select count(*) from ops.run_history").fetchone() == runs
    reader.close()
    assert warehouse.query("select count(*) from ops.run_history") == [(runs[0] + 1,)]
    assert mart_hashes(warehouse.database / "analytics.duckdb") == before
    second = {file.name: file.read_bytes() for file in warehouse.exports.iterdir()}
    assert {name for name in first if first[name] != second[name]} == {"run_log.jsonl"}


@pytest.mark.soak
def test_origins_do_not_mix(classic: Warehouse, tmp_path: Path) -> None:
    """A warehouse of landed files refuses the seeds with both remedies, and starts anew when told
    to."""
    warehouse = copy_of(classic, tmp_path / "copy")
    before = (warehouse.database / "analytics.duckdb").stat().st_mtime_ns
    warehouse.leave_zone()
    result = warehouse.dbt("build")
    assert not result.success
    message = warehouse.output + str(result.exception)
    assert "BENEFITS_DB_DIR" in message and "change_origin" in message
    assert (warehouse.database / "analytics.duckdb").stat().st_mtime_ns == before
    warehouse.build(vars={"change_origin": True}, manifest=warehouse.manifest())
    assert warehouse.query(
        "select count(*) from marts.fct_transactions where transaction_id = 'T1'"
    ) == [(0,)]
