"""Kinds, decisions, contacts and the list, on one warehouse over a few deliveries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Warehouse

from benefits_warehouse import findings
from benefits_warehouse.privacy import retention
from benefits_warehouse.runtime.reference import VARIABLE, make_reference

ACME, BLUE = "11-1111111", "22-2222222"
PEOPLE, PLANS, CLAIMS = "benefits_admin.employees", "benefits_admin.plans", "benefits_admin.claims"
HOLDERS, ACCOUNTS = "spend_accounts.employees", "spend_accounts.benefit_accounts"
CARDS = "spend_accounts.transactions"
SEEDS = {
    "companies.csv": f"company_ein,company_name,expected_employees\n{ACME},Acme,4\n{BLUE},Blue,1\n",
    "company_lookup.csv": f"email_domain,company_ein\nacme.com,{ACME}\n",
    "company_contacts.csv": "company_ein,kind,contact\n"
    f"*,*,Front desk\n{ACME},*,Acme desk\n*,coverage_gap,Brokers\n"
    "11 1111111,coverage_gap,Ann's desk\n",
}


def person(number: int, **cells: str) -> dict[str, str]:
    mail = f"n{number}@acme.com"
    row = {"person_id": f"P{number}", "full_name": f"Ann N{number}", "email": mail}
    return row | {"company_ein": ACME, "start_date": "2020-01-01"} | cells


def deliver_first(warehouse: Warehouse) -> None:
    """Six persons, two companies; one gap, one overdrawn account."""
    people = [person(number) for number in range(6)]
    warehouse.deliver(PEOPLE, "2025-01-06.csv", [*people, person(9, company_ein=BLUE)])
    plan = {"company_ein": ACME, "plan_type": "Medical", "carrier_name": "Cedar"}
    term = plan | {"start_date": "2024-01-01", "end_date": "2024-06-30"}
    other = term | {"company_ein": BLUE, "end_date": "2025-03-15"}
    warehouse.deliver(PLANS, "2025-01-06.csv", [term, other])
    claim = {"company_ein": ACME, "service_date": "2025-01-05", "amount": "80.00"}
    late = claim | {"claim_id": "C2", "service_date": "2024-09-01", "amount": "1,234.50"}
    rows = [claim | {"claim_id": "C1"}, late, claim | {"claim_id": "C3", "amount": "dear"}]
    rows += [claim | {"claim_id": f"D{n}", "company_ein": "99-9999999"} for n in range(30)]
    warehouse.deliver(CLAIMS, "2025-01-06.csv", [row | {"claim_type": "Medical"} for row in rows])
    holder = {"first_name": "Ann", "hire_date": "2020-01-01", "status": "active"}
    rows = [
        holder | {"employee_id": f"E{n}", "last_name": f"N{n}", "email": f"n{n}@acme.com"}
        for n in range(6)
    ]
    warehouse.deliver(HOLDERS, "2025-01-06.csv", rows)
    account = {"benefit_account_id": "BA1", "employee_id": "E1", "benefit_type": "meals"}
    account |= {"program_name": "Lunch", "monthly_allowance": "50.00"}
    warehouse.deliver(ACCOUNTS, "2025-01-06.csv", [account])
    card = {
        "employee_id": "E1",
        "benefit_account_id": "BA1",
        "merchant": "Cafe",
        "category": "food",
    }
    card |= {"transaction_id": "T1", "amount": "62.50", "timestamp": "2025-01-04T12:00:00Z"}
    warehouse.deliver(CARDS, "2025-01-06.csv", [card])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Path]]:
    """The warehouse after its first delivery, and its folder of reference seeds."""
    folder = tmp_path_factory.mktemp("findings")
    reference = folder / "reference"
    make_reference(reference)
    for name, text in SEEDS.items():
        (reference / name).write_text(text)
    warehouse = Warehouse(folder)
    deliver_first(warehouse)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(reference))
        warehouse.build()
        yield warehouse, reference


def listed(warehouse: Warehouse, **wanted: Any) -> list[dict[str, Any]]:
    """Findings with these values."""
    rows = warehouse.rows("marts.findings")
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def one(warehouse: Warehouse, **wanted: Any) -> dict[str, Any]:
    """The finding with these values."""
    (row,) = listed(warehouse, **wanted)
    return row


def test_what_each_says(built: tuple[Warehouse, Path]) -> None:
    warehouse, _ = built
    gap = one(warehouse, kind="coverage_gap")
    assert gap["summary"] == (
        "Acme: no Medical coverage since Jul 1, 2024, 189 days, with 2 claims of $1,314.50."
    )
    assert (gap["severity"], str(gap["money_at_stake"])) == ("High", "1314.50")
    assert (gap["contact"], gap["status"], gap["days_open"]) == ("Ann's desk", "new", 0)
    ending = one(warehouse, kind="coverage_ending")
    assert (ending["company_ein"], ending["contact"]) == (BLUE, "Front desk")
    assert ending["summary"].startswith("Blue: Medical coverage ends on Mar 15, 2025, in 69 days")
    over = one(warehouse, kind="over_allowance")
    assert (str(over["money_at_stake"]), over["company_ein"]) == ("12.50", ACME)
    assert (over["contact"], over["subject_ids"]) == ("Acme desk", ["BA1"])
    assert "BA1" not in over["summary"] and "BA1" in over["evidence_filter"]
    assert one(warehouse, kind="person_difference")["subject"] == "person P9"
    withheld = one(warehouse, kind="withheld_rows")
    assert withheld["subject"] == "benefits_admin.claims invalid_amount"
    assert withheld["money_at_stake"] is None
    assert one(warehouse, kind="roster_mismatch")["summary"] == (
        "Acme: 6 persons on the roster where 4 are expected, 2 too many."
    )


def test_evidence_is_there(built: tuple[Warehouse, Path]) -> None:
    """For each open finding of the sample seeds and of these files."""
    warehouse, _ = built
    with warehouse.connect() as connection:
        for row in listed(warehouse, resolved_at=None):
            query = (
                f"select count(*) from {row['evidence_relation']} where {row['evidence_filter']}"
            )
            assert connection.execute(query).fetchone() != (0,), row["summary"]


def test_decisions(built: tuple[Warehouse, Path]) -> None:
    """They hold until a day, and lines that decide nothing are told; so are the files of a run."""
    warehouse, reference = built
    gap = one(warehouse, kind="coverage_gap")["finding_id"]
    over = one(warehouse, kind="over_allowance")["finding_id"]
    roster = one(warehouse, kind="roster_mismatch")["finding_id"]
    ending = one(warehouse, kind="coverage_ending")["finding_id"]
    person_finding = one(warehouse, kind="person_difference")["finding_id"]
    (reference / "finding_decisions.csv").write_text(
        "finding_id,decision,until,who,note\n"
        f"{gap},accept,,Broker desk,known\n{over},snooze,12/31/2099,,\n"
        f"{roster},Accept,2020-01-01,,too old\n{ending},assign,,Renewals,\n"
        f"{person_finding},keep,,,\nF00,accept,,,\n,accept,,,\n{ending},snooze,soon,,\n"
    )
    # A roster that loses most deletes nothing; a file of claims that nobody can read.
    warehouse.deliver(PEOPLE, "2025-02-03.csv", [person(0)])
    warehouse.deliver(CLAIMS, "2025-02-03.csv", "claim_id,amount\nC9,1.00\n")
    gates = {"overdue_days_max": {"warn": 0}}
    warehouse.build(vars={"quality_gates": gates, "export_max_rows": 3})
    states = {row["finding_id"]: row for row in warehouse.rows("marts.findings")}
    assert [states[key]["status"] for key in (gap, over, roster, ending, person_finding)] == [
        *("accepted", "snoozed", "open", "open", "open")
    ]
    assert states[ending]["decided_by"] == "Renewals"
    told = warehouse.output.split("findings  ")[1]
    assert "unknown_company (91% of benefits_admin.claims): " in told
    (count,) = warehouse.query("select count(*) from quality.validation_errors")[0]
    assert f"validation_errors.csv has 3 of {count:,} rows" in told
    lines = (warehouse.exports / "validation_errors.csv").read_text().splitlines()
    assert len(lines) == 4 and lines[1].split(",")[2] == "invalid_amount"
    whole = duckdb.read_parquet(str(warehouse.exports / "validation_errors.parquet"))
    assert len(whole.fetchall()) == count
    assert f"not decided          {person_finding}: decision must be accept" in told
    assert "F00: there is no such finding" in told
    assert "a line without finding_id: there is no such finding" in told
    assert f"{ending}: until must be a date" in told
    events = warehouse.rows("marts.finding_events")
    decided = {row["finding_id"] for row in events if row["event"] == "decided"}
    assert decided == {gap, over, roster, ending}
    untrusted = one(warehouse, kind="snapshot_untrusted")
    assert (untrusted["severity"], untrusted["company_ein"]) == ("High", None)
    assert one(warehouse, kind="file_refused")["severity"] == "High"
    assert len(listed(warehouse, kind="feed_overdue")) == 5  # the roster has just come
    drift = {row["subject"] for row in listed(warehouse, kind="schema_drift", severity="High")}
    assert f"{CLAIMS} service_date" in drift


def test_what_a_person_decided_about_deliveries(built: tuple[Warehouse, Path]) -> None:
    """The snapshot is trusted, the file mended: resolved; the log outlives a full refresh."""
    warehouse, reference = built
    (reference / "delivery_decisions.csv").write_text(
        "source,feed,sender,delivery,decision,reason\n"
        "benefits_admin,employees,,2025-02-03.csv,trust,they left\n"
    )
    (warehouse.zone / "benefits_admin/claims/2025-02-03.csv").unlink()
    before = warehouse.rows("marts.finding_events")
    warehouse.build("--full-refresh")
    after = warehouse.rows("marts.finding_events")
    assert [row for row in after if row in before] == before
    for kind in ("snapshot_untrusted", "file_refused", "feed_overdue", "schema_drift"):
        assert {row["status"] for row in listed(warehouse, kind=kind)} == {"resolved"}, kind
    told = warehouse.output
    gap = one(warehouse, kind="coverage_gap")["finding_id"]
    over = one(warehouse, kind="roster_mismatch", company_ein=ACME)
    assert over["summary"] == "Acme: 1 person on the roster where 4 are expected, 3 too few."
    assert f"{gap}: " not in told


def test_the_list(built: tuple[Warehouse, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Filtered by company, kind and status; a wrong word is told with the nearest."""
    warehouse, _ = built
    database = warehouse.database / "analytics.duckdb"
    lines = findings.listed(database, "acm", "", "")
    assert lines[-1].endswith("findings, new, open or reopened.")
    assert any("Acme: 1 person on the roster" in line for line in lines)
    assert not any("Blue" in line for line in lines)
    accepted = findings.listed(database, ACME, "coverage_gap", "accepted")
    assert (
        "Decided by Broker desk." in " ".join(accepted) and accepted[-1] == "1 finding, accepted."
    )
    everything = findings.listed(database, "", "", "all")
    assert everything[-1] == f"{len(warehouse.rows('marts.findings'))} findings, all."
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BENEFITS_DB_DIR", str(warehouse.database))
        assert findings.main(["", "coverage_gaps", ""]) == 2
        assert "did you mean coverage_gap?" in capsys.readouterr().err
        assert findings.main(["", "", "resolve"]) == 2
        assert "did you mean resolved?" in capsys.readouterr().err
        patch.setenv("BENEFITS_DB_DIR", str(warehouse.folder / "nothing"))
        assert findings.main([]) == 2
        assert "run dbt build first" in capsys.readouterr().err


@pytest.mark.extended
def test_a_masked_run_keeps_nothing_of_a_clear_one(built: tuple[Warehouse, Path]) -> None:
    """Texts of findings that are so no more go; the console of a clear run has none either."""
    warehouse, _ = built
    path = warehouse.zone / "benefits_admin/plans/2025-02-17.csv"
    word = "Vision ann.canary@acme.com"
    warehouse.deliver(
        PLANS,
        path.name,
        "company_ein,plan_type,carrier_name,start_date,end_date\n"
        f"{ACME},{word},Cedar,2024-01-01,2024-06-30\n{ACME},Medical,Cedar,2024-01-01,\n",
    )
    warehouse.build(vars={"pii_masking_enabled": False})
    assert "canary" not in warehouse.output
    (clear,) = [row for row in warehouse.rows("marts.findings") if "canary" in row["summary"]]
    assert not clear["is_masked"] and clear["kind"] == "coverage_gap"
    path.write_text(path.read_text().replace(word, "Medical"))
    warehouse.build()
    row = one(warehouse, finding_id=clear["finding_id"])
    texts = (row["status"], row["subject"], row["summary"], row["evidence_filter"])
    assert texts == ("resolved", None, None, None)
    assert {row["is_masked"] for row in warehouse.rows("marts.findings")} == {True}
    assert "canary" not in (warehouse.database / "analytics.duckdb").read_bytes().decode("latin-1")


def test_retention_removes_resolved_ones(built: tuple[Warehouse, Path]) -> None:
    """With their events; what is open stays, however old."""
    warehouse, _ = built
    later = dt.datetime.now(dt.UTC) + dt.timedelta(1)
    with warehouse.as_process():
        old = retention.Retention(warehouse.database, warehouse.folder / "logs", later)
        conditions = old.tables()
        resolved = len(listed(warehouse, status="resolved"))
        counts = old.old_rows()
        old.connection.close()
    assert resolved
    place = next(name for name in conditions if name.endswith('"findings"'))
    assert counts[place] == resolved
    order = [name.split(".")[-1] for name in conditions]
    assert order.index('"finding_events"') < order.index('"findings"')
