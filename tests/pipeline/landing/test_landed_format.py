"""Landed files are read by any engine: each stands alone, and older ones are brought up to date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse
from mart_hashes import mart_hashes

ADDRESSES = {" Ann@Acme.com": "ann@acme.com", "b@c.de": "b@c.de", "none": None, "": None}
PEPPER = "a pepper of sixteen letters"


def landed(warehouse: Warehouse, feed: str) -> list[Path]:
    """The landed files of a feed."""
    folder = warehouse.database / "restricted/landing" / feed.replace(".", "/")
    return sorted(folder.glob("*-*.parquet"))


def deliver(warehouse: Warehouse) -> None:
    """A roster, and a delta in two parts, one of which has lines that have to be sorted."""
    warehouse.deliver(
        "benefits_admin.employees",
        "2025-07-01.csv",
        [
            {"person_id": f"P{n}", "full_name": f"Ann Roe{n}", "email": address,
             "company_ein": "12-3456789", "start_date": "2024-01-01"}
            for n, address in enumerate(ADDRESSES)
        ],
    )  # fmt: skip
    head = "claim_id,company_ein,service_date,amount,claim_type\n"
    for part, lines in (("1", range(3000)), ("2", range(3000, 5000))):
        rows = [f"C{n},12-3456789,2025-01-0{1 + n % 9},{n}.00,Medical\n" for n in lines]
        if part == "2":
            rows[7] = '"C3007",12-3456789,2025-01-01,"1,0\n0",Medical\n'
        warehouse.deliver("benefits_admin.claims", f"2025-07-01/{part}.csv", head + "".join(rows))


def as_format_1(path: Path, is_delta: bool) -> None:
    """Make a landed file what the first format was."""
    gone = "email_token, landed_format" if "employees" in str(path) else "landed_format"
    gone += ", source_row" if is_delta else ""
    copy = path.with_suffix(".old")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * exclude ({gone}) from '{path}') to '{copy}' (format parquet)"
        )
    copy.rename(path)


def test_landed_files_stand_alone(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse()
    deliver(warehouse)
    (warehouse.database).mkdir()
    (warehouse.database / "restricted.pepper").write_text(PEPPER)
    warehouse.build("--select", "+landing_ledger")
    with duckdb.connect() as connection:
        for path in landed(warehouse, "benefits_admin.claims"):
            rows = connection.execute(
                f"select claim_id, source_row, landed_format from '{path}' order by source_row"
            ).fetchall()
            first = int(rows[0][0][1:])
            assert rows == [(f"C{first + n}", n + 1, 2) for n in range(len(rows))]
        (path,) = landed(warehouse, "benefits_admin.employees")
        found = dict(connection.execute(f"select email, email_token from '{path}'").fetchall())
    digests = {
        text or None: address and hashlib.sha256(f"{PEPPER}\x1f{address}".encode()).hexdigest()
        for text, address in ADDRESSES.items()
    }
    assert found == digests


@pytest.mark.extended
def test_older_files_and_another_pepper(make_warehouse: Callable[..., Warehouse]) -> None:
    """Files of the first format, or of another pepper, are written anew; marts stay."""
    warehouse = make_warehouse()
    deliver(warehouse)
    warehouse.build()
    published = warehouse.database / "analytics.duckdb"
    before = mart_hashes(published)
    claims, people = (landed(warehouse, f"benefits_admin.{f}") for f in ("claims", "employees"))
    contents = [duckdb.read_parquet(str(path)).fetchall() for path in [*claims, *people]]
    for path in claims:
        as_format_1(path, is_delta=True)
    as_format_1(people[0], is_delta=False)
    for feed in ("claims", "employees"):  # as the first format left it
        contract = warehouse.database / f"restricted/landing/benefits_admin/{feed}/contract.parquet"
        as_format_1(contract, is_delta=False)
    (warehouse.database / "restricted/landed_files.jsonl").unlink()
    warehouse.build("--full-refresh")
    assert "benefits_admin.claims: the format of landed files" in warehouse.output
    assert mart_hashes(published) == before
    assert [duckdb.read_parquet(str(path)).fetchall() for path in [*claims, *people]] == contents
    warehouse.build()
    assert "written anew" not in warehouse.output
    notes = (warehouse.database / "restricted/landed_files.jsonl").read_text().splitlines()
    noted = {json.loads(line)[0]: json.loads(line)[1] for line in notes if line}
    assert noted["benefits_admin/claims/" + claims[0].name] == claims[0].stat().st_size
    # Claims have no address, so a new pepper is no reason to write them.
    (warehouse.database / "restricted.pepper").write_text(PEPPER)
    warehouse.build()
    assert "benefits_admin.employees: the format" in warehouse.output
    assert "benefits_admin.claims: the format" not in warehouse.output
    tokens = warehouse.query("select email_token from marts.dim_employees where email is not null")
    wanted = {
        hashlib.sha256(f"{PEPPER}\x1f{address}".encode()).hexdigest()
        for address in ADDRESSES.values()
        if address
    }
    assert {token for (token,) in tokens} == wanted
