"""Faults in every feed of one build: the good is in the marts, all else is accounted for."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import duckdb
from conftest import Warehouse

PLANS = "company_ein,plan_type,carrier_name,start_date,end_date\n"
CLAIMS = "claim_id,company_ein,service_date,amount,claim_type\n"
PEOPLE = "person_id,full_name,title,email,company_ein,start_date,notes\n"
HOLDERS = "employee_id,first_name,last_name,email,hire_date,status\n"
ACCOUNTS = (
    "benefit_account_id,employee_id,benefit_type,program_name,monthly_allowance,current_balance\n"
)
SPENDING = "transaction_id,employee_id,benefit_account_id,merchant,amount,timestamp,category\n"


def claim(number: int) -> str:
    """A line of a good claim."""
    return f"C{number},11-1111111,2024-01-{number % 28 + 1:02},10.00,Medical\n"


def person(number: int, notes: str = "") -> str:
    """A line of a good person."""
    return f"P{number},Ann Lee,Clerk,p{number}@acme.com,11-1111111,2020-01-01,{notes}\n"


def deliver(warehouse: Warehouse) -> None:
    """Good and faulty files for all feeds."""
    people = "".join(person(number) for number in range(4))
    put = warehouse.deliver
    put("benefits_admin.employees", "1.csv", PEOPLE + people)
    put("benefits_admin.employees", "2.csv", PEOPLE + person(9, '"open') + person(0) + person(1))
    put("benefits_admin.employees", "3.csv", "")
    plan = "11-1111111,Medical,Aetna,2024-01-01,\n"
    put("benefits_admin.plans", "1.csv", ("\ufeff" + PLANS + plan).replace("\n", "\r\n"))
    put("benefits_admin.plans", "2.csv", "Plans of 2024\n\n" + PLANS + plan)
    put("benefits_admin.claims", "1.csv", CLAIMS + claim(1) + claim(2))
    put("benefits_admin.claims", "2[1].csv", (CLAIMS + claim(3) + "C4,caf\xe9\n").encode("latin-1"))
    put("benefits_admin.claims", "3.csv", (CLAIMS + claim(5)).encode("utf-16"))
    put("benefits_admin.claims", "4.csv.gz", gzip.compress((CLAIMS + claim(6) * 99).encode())[:50])
    put("benefits_admin.claims", "5.parquet", CLAIMS)
    put("benefits_admin.claims", "6.csv", (CLAIMS + claim(7)).replace(",", ";"))
    text = CLAIMS + claim(8) + "Total,,,20.00\n" + claim(9).replace("10.00", "ten") + claim(10)
    put("benefits_admin.claims", "7 it's.csv", text)
    put("benefits_admin.claims", "8.csv", CLAIMS + claim(1) + claim(2))
    folder = warehouse.zone / "benefits_admin" / "claims"
    put("benefits_admin.claims", "a.pdf", "%PDF")
    put("benefits_admin.claim", "1.csv", CLAIMS + claim(11))
    duckdb.sql(
        "copy (select 'C20' as claim_id, '11-1111111' as company_ein, date '2024-01-20' as "
        "service_date, 7.5::decimal(9, 2) as amount, 'Dental' as claim_type, [1] as extra) "
        f"to '{folder}/9.parquet'"
    )
    put("spend_accounts.employees", "1.csv", HOLDERS + "E1,Ann,Lee,p1@acme.com,2020-01-01,active\n")
    put("spend_accounts.benefit_accounts", "1.csv", ACCOUNTS + "B1,E1,meals,Lunch,100.00,5.00\n")
    put("spend_accounts.benefit_accounts", "2/a.csv", ACCOUNTS)
    put("spend_accounts.benefit_accounts", "2/b.csv", "nothing\n1\n")
    spending = "T1,E1,B1,Cafe,5.00,2024-01-05T10:00:00Z,food\n"
    put("spend_accounts.transactions", "1.csv", (SPENDING + spending).replace("\n", "\r"))
    put(
        "spend_accounts.transactions",
        "2.csv",
        SPENDING + '"T2",E1,B1,"Cafe\nBar",6,2024-01-06,food',
    )
    put("spend_accounts.transactions", "3.csv", SPENDING + "T3,E1,B1,a\0b,6,2024-01-06,food\n")


def test_faults_in_every_feed(make_warehouse: Callable[..., Warehouse]) -> None:
    """One build: the good is there, the rest has a reason, and every record is accounted for."""
    warehouse = make_warehouse()
    deliver(warehouse)
    warehouse.build("--exclude-resource-type", "unit_test", "test")
    query = warehouse.query
    assert query("select claim_id from marts.fct_claims order by all") == [
        (claim_id,) for claim_id in ("C1", "C10", "C2", "C20", "C3", "C5", "C7", "C8")
    ]
    assert query("select person_id, is_deleted from marts.dim_employees order by all") == [
        (f"P{number}", False) for number in range(4)
    ]
    assert query("select count(*) from marts.fct_plan_coverage") == [(1,)]
    assert query("select transaction_id from marts.fct_transactions order by all") == [
        ("T1",),
        ("T2",),
    ]
    assert query("select count(*) from marts.account_utilization")[0][0] > 0
    assert query(
        "select feed, source_file, source_line, error_reason from quality.rejected_lines "
        "order by all"
    ) == [
        ("claims", "2[1].csv", 3, "missing columns"),
        ("claims", "7 it's.csv", 3, "missing columns"),
        ("employees", "2.csv", 2, "unclosed quote"),
        ("transactions", "3.csv", 2, "NUL byte"),
    ]
    refused = query("select feed, file from ops.loaded_files where status = 'refused' order by all")
    assert refused == [
        ("benefit_accounts", "2/b.csv"),
        ("claim", "1.csv"),
        ("claims", "4.csv.gz"),
        ("claims", "5.parquet"),
        ("claims", "a.pdf"),
        ("employees", "3.csv"),
    ]
    assert query(
        "select file, reason from ops.loaded_files where status = 'duplicate' order by all"
    ) == [("8.csv", "same content as 1.csv")]
    assert query("select count(*) from ops.loaded_files where status = 'loaded'") == [(16,)]
    assert query("select * from quality.reconciliation where difference <> 0") == []
    assert query(
        "select record_key, source_file, source_row from quality.validation_errors "
        "where error_reason = 'invalid_amount'"
    ) == [("C9", "7 it's.csv", 2)]


def test_a_run_that_loads_nothing_says_so(make_warehouse: Callable[..., Warehouse]) -> None:
    """In the summary, in each run until something loads."""
    warehouse = make_warehouse()
    warehouse.deliver("benefits_admin.claims", "1.pdf", "%PDF")
    warehouse.deliver("benefits_admin.claim", "1.csv", CLAIMS + claim(1))
    for _ in range(2):
        warehouse.build("--select", "+landing_ledger", "--exclude-resource-type", "unit_test")
        assert "nothing loaded       none of 2 files could be loaded" in warehouse.output
    warehouse.deliver("benefits_admin.claims", "1.csv", CLAIMS + claim(1))
    warehouse.build("--select", "+landing_ledger", "--exclude-resource-type", "unit_test")
    assert "nothing loaded" not in warehouse.output
