"""A person decides about a delivery, and companies send rosters of their own: whole runs.

Withdraw is a proof: load, withdraw, and every mart is that of a warehouse that never saw the
delivery; taking the decision back restores it. Files that arrive late or one by one end in the
marts of those that came at once. Both are part of `make extended`; `make soak` also
refreshes in full and builds all files at once.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse
from mart_hashes import mart_hashes

from benefits_warehouse.runtime.reference import VARIABLE, make_reference

PEOPLE, PLANS, CLAIMS = "benefits_admin.employees", "benefits_admin.plans", "benefits_admin.claims"
HOLDERS, ACCOUNTS = "spend_accounts.employees", "spend_accounts.benefit_accounts"
CARDS = "spend_accounts.transactions"
COMPANIES = {"11-1111111": "acme", "22-2222222": "blue", "33-3333333": "pine"}
DAYS = ["2026-01-05", "2026-01-12", "2026-01-19", "2026-02-02"]
DECISIONS = "source,feed,sender,delivery,decision,reason\n"
PLAIN = ("--exclude-resource-type", "test", "unit_test")
ROSTER = ("--select", "+dim_employees", "quarantine_employees", *PLAIN)
File = tuple[str, str, str]


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of reference seeds, named in the environment."""
    folder = tmp_path / "reference"
    make_reference(folder)
    (folder / "companies.csv").write_text(
        "company_ein,company_name,expected_employees\n"
        + "".join(f"{ein},{name},9\n" for ein, name in COMPANIES.items())
    )
    monkeypatch.setenv(VARIABLE, str(folder))
    monkeypatch.setenv("DBT_ENV_SECRET_PII_PEPPER", "a pepper for all warehouses of this test")
    yield folder


def table(header: str, rows: list[str]) -> str:
    """A CSV."""
    return "\n".join([header, *rows]) + "\n"


def history(seed: int) -> list[File]:
    """Deliveries of all feeds, in their order: feed, name, text."""
    rng = random.Random(seed)
    titles = {f"P{n}": rng.choice("AB") for n in range(24)}
    gone: set[str] = set()
    files = []
    for day in DAYS:
        for person in rng.sample(sorted(titles), 5):
            titles[person] = rng.choice("ABC")
        gone ^= set(rng.sample(sorted(titles), 2))
        for place, (ein, name) in enumerate(COMPANIES.items()):
            rows = [
                f"{person},N {person},{title},{person}@x.example,{ein},2020-01-01"
                for number, (person, title) in enumerate(titles.items())
                if number % 3 == place and person not in gone
            ]
            header = "person_id,full_name,title,email,company_ein,start_date"
            files.append((PEOPLE, f"{name}_{day}.csv", table(header, rows)))
        plans = [
            f"{ein},{kind},Carrier {rng.choice('XY')},2025-01-01,2026-0{rng.randint(1, 9)}-01"
            for ein in COMPANIES
            for kind in ("Medical", "Dental")
        ]
        header = "company_ein,plan_type,carrier_name,start_date,end_date"
        files.append((PLANS, f"{day}.csv", table(header, plans)))
        claims = [
            f"C{rng.randint(1, 60)},{rng.choice([*COMPANIES])},2026-01-{rng.randint(1, 28):02},"
            f"{rng.randint(1, 900)}.00,Medical"
            for _ in range(30)
        ]
        header = "claim_id,company_ein,service_date,amount,claim_type"
        files.append((CLAIMS, f"{day}.csv", table(header, claims)))
        states = [
            f"E{n},F,L{n},p{n}@acme.com,2021-01-01,{rng.choice(['active', 'active', 'terminated'])}"
            for n in range(12)
            if rng.random() < 0.95
        ]
        header = "employee_id,first_name,last_name,email,hire_date,status"
        files.append((HOLDERS, f"{day}.csv", table(header, states)))
        accounts = [f"A{n},E{n},wellness,Fit,{rng.choice([50, 100])},10" for n in range(12)]
        header = "benefit_account_id,employee_id,benefit_type,program_name,monthly_allowance,"
        files.append((ACCOUNTS, f"{day}.csv", table(header + "current_balance", accounts)))
        spent = [
            f"T{rng.randint(1, 80)},E{n},A{n},Shop,{rng.randint(1, 99)}.00,"
            f"2026-01-{rng.randint(1, 28):02} 10:00:00,gym"
            for n in rng.choices(range(12), k=30)
        ]
        header = "transaction_id,employee_id,benefit_account_id,merchant,amount,timestamp,category"
        files.append((CARDS, f"{day}.csv", table(header, spent)))
    return files


def hashes(warehouse: Warehouse, files: list[File]) -> dict[str, str]:
    """Deliver files, build, and tell the contents of the marts."""
    for feed, name, text in files:
        warehouse.deliver(feed, name, text)
    warehouse.build(*PLAIN)
    assert not warehouse.query("from quality.reconciliation where difference <> 0")
    return contents(warehouse)


def contents(warehouse: Warehouse) -> dict[str, str]:
    """The contents of the marts, where the rows came from aside."""
    return mart_hashes(warehouse.database / "analytics.duckdb", without={"row_id"})


@pytest.mark.extended
@pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_withdrawn_deliveries_never_came(reference: Path, tmp_path: Path, is_whole: bool) -> None:
    """One of each feed; and what arrives at once, one by one or late ends in the same marts."""
    files = history(1)
    whole, without = Warehouse(tmp_path / "whole"), Warehouse(tmp_path / "without")
    for warehouse in (whole, without):
        warehouse.folder.mkdir()
    withdrawn = [(feed, name) for feed, name, _ in files if name.endswith(f"{DAYS[1]}.csv")]
    withdrawn += [(CLAIMS, f"{DAYS[3]}.csv"), (PEOPLE, f"blue_{DAYS[3]}.csv")]
    late = [file for number, file in enumerate(files) if number % 4 == 1]
    first = [file for file in files if file not in late]
    assert {DAYS[0], DAYS[1]} <= {name[-14:-4] for _, name, _ in late}
    hashes(whole, random.Random(1).sample(first, len(first)))
    complete = hashes(whole, late)
    never = hashes(without, [file for file in files if file[:2] not in withdrawn])
    assert [name for name in never if never[name] == complete[name]] != [*never]

    decisions = reference / "delivery_decisions.csv"
    decisions.write_text(
        DECISIONS
        + "".join(f"{feed.replace('.', ',')},,{name},withdraw,test\n" for feed, name in withdrawn)
    )
    assert hashes(whole, []) == never
    assert f"  withdrawn {CLAIMS} {DAYS[1]}.csv" in whole.output
    told = whole.query(
        "select count(*), min(reason) from ops.loaded_files where decision is not null"
    )
    assert told == [(len(withdrawn), "withdrawn: it does not count (seed delivery_decisions)")]
    if is_whole:
        whole.build("--full-refresh", *PLAIN)
        assert contents(whole) == never

    decisions.write_text(DECISIONS)
    assert hashes(whole, []) == complete
    assert hashes(without, files) == complete  # what it never saw comes late
    if is_whole:
        at_once = Warehouse(tmp_path / "at_once")
        at_once.folder.mkdir()
        assert hashes(at_once, files) == complete


def roster(*people: str, ein: str = "11-1111111") -> str:
    """A roster of a company."""
    return table(
        "person_id,full_name,title,email,company_ein,start_date",
        [f"{person},N {person},A,{person}@x.example,{ein},2020-01-01" for person in people],
    )


def built(warehouse: Warehouse, sql: str) -> set[str]:
    """What a query finds in the working copy: of a roster alone nothing is published."""
    path = warehouse.database / ".build/analytics.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return {value for (value,) in connection.execute(sql).fetchall()}


def present(warehouse: Warehouse, companies: str = "AB") -> set[str]:
    """The persons who are on the rosters of companies, by the first letter of their numbers."""
    people = built(warehouse, "select person_id from marts.dim_employees where not is_deleted")
    return {person for person in people if person[0] in companies}


def withheld(warehouse: Warehouse) -> set[str]:
    """Why rows are withheld."""
    return built(warehouse, "select rejection_reason from quality.quarantine_employees")


@pytest.mark.extended
def test_a_roster_speaks_for_its_companies_and_trust_lets_it_delete(
    reference: Path, tmp_path: Path
) -> None:
    """Other companies keep their persons; a shrink that a person confirms deletes.

    A bad row that is gone, or comes mended under another key, is gone from quarantine.
    """
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.folder.mkdir()
    pine = "33-3333333"
    bad = roster("P1", "P2", ein=pine) + f",No Number,A,n@x.example,{pine},2020-01-01\n"
    bad += f"P9,Bad Day,A,b@x.example,{pine},soon\n"
    warehouse.deliver(PEOPLE, "pine_2026-11-01.csv", bad)
    warehouse.deliver(PEOPLE, "acme_2026-11-01.csv", roster("A1", "A2", "A3", "A4", "A5"))
    warehouse.deliver(PEOPLE, "blue_2026-11-01.csv", roster("B1", "B2", ein="22-2222222"))
    warehouse.deliver(PEOPLE, "acme_2026-11-08.csv", roster("A1", "A2", "A3", "A4"))
    warehouse.build(*ROSTER)
    assert present(warehouse) == {"A1", "A2", "A3", "A4", "B1", "B2"}
    assert present(warehouse, "P") == {"P1", "P2"}
    assert withheld(warehouse) == {"missing_person_id", "invalid_start_date"}

    warehouse.deliver(PEOPLE, "acme_2026-11-15.csv", roster("A1"))
    warehouse.deliver(PEOPLE, "pine_2026-11-08.csv", roster("P1", "P2", "P3", "P4", ein=pine))
    warehouse.build(*ROSTER)
    assert present(warehouse) == {"A1", "A2", "A3", "A4", "B1", "B2"}
    assert present(warehouse, "P") == {"P1", "P2", "P3", "P4"}
    assert withheld(warehouse) == set()
    line = "benefits_admin,employees,,acme_2026-11-15.csv,trust,<why>"
    told = f"  deletes nothing: {PEOPLE} acme_2026-11-15.csv: the delivery lost 3 of 4 keys"
    assert told in warehouse.output
    assert "lost 3 of 4 keys, more than max_snapshot_shrink_pct = 50; " in warehouse.output
    assert f"if it is right, add the line {line} to the seed" in warehouse.output
    (reference / "delivery_decisions.csv").write_text(DECISIONS + line + "\n")
    warehouse.build(*ROSTER)
    assert present(warehouse) == {"A1", "B1", "B2"}
    assert f"  trusted {PEOPLE} acme_2026-11-15.csv" in warehouse.output
    (reference / "delivery_decisions.csv").write_text(DECISIONS)
    warehouse.build(*ROSTER)
    assert present(warehouse) == {"A1", "A2", "A3", "A4", "B1", "B2"}
    assert "not mentioned" not in warehouse.output  # two weeks are the feed's rhythm

    warehouse.deliver(PEOPLE, "acme_2026-11-16.csv", roster("A1", "A2", "A3", "A4"))
    warehouse.build(*ROSTER)
    told = f"  not mentioned        {PEOPLE} 22-2222222 since 2026-11-01: its 2 rows stay until"
    assert told in warehouse.output and present(warehouse) >= {"B1", "B2"}
