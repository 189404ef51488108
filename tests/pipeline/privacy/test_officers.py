"""What privacy officers ask for: an audit log, a disclosure, another pepper."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import Warehouse
from test_erasure import (
    CANARY,
    EMAIL,
    HOLDER,
    OTHER_ACCOUNTS,
    OTHER_HOLDERS,
    OTHER_TRANSACTIONS,
    OTHERS,
    PERSON,
    account,
    holder,
    person,
    transaction,
)
from traces import traces

from benefits_warehouse.privacy import audit, disclose, forget, rotate

KIM = {"BENEFITS_AUDIT_REASON": "a test", "BENEFITS_AUDIT_USER": "Kim"}
PLAIN = ("--exclude-resource-type", "unit_test", "test")
ANN = person(PERSON, f"Ann {CANARY}", EMAIL, notes="likes tea", start_date="soon")
TOKENS = "select email_token from marts.dim_employees where email_token is not null"


def deliver(warehouse: Warehouse) -> None:
    """Six others and Ann, in all feeds of persons, and a malformed line of hers."""
    warehouse.deliver("benefits_admin.employees", "1.csv", [*OTHERS, ANN])
    warehouse.deliver(
        "spend_accounts.employees",
        "1.csv",
        [*OTHER_HOLDERS, holder(HOLDER, f"Ann {CANARY}", EMAIL)],
    )
    accounts = [*OTHER_ACCOUNTS, account(f"A-{CANARY}", HOLDER)]
    warehouse.deliver("spend_accounts.benefit_accounts", "1.csv", accounts)
    spent = transaction("T-1", HOLDER, f"A-{CANARY}")
    path = warehouse.deliver("spend_accounts.transactions", "1.csv", [*OTHER_TRANSACTIONS, spent])
    with path.open("a") as file:
        file.write(f"broken,{HOLDER},x\nbroken,E1,y\n")


def run(warehouse: Warehouse, main: Callable[[], int], lines: str = "") -> int:
    """A command of make on a warehouse, with what is typed; what it says is kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(lines))
        with warehouse.as_process(
            {"BENEFITS_AUDIT_REASON": "a test", "BENEFITS_AUDIT_USER": "Kim"}
        ):
            return main()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of which a part was built in clear once, and that is masked now."""
    warehouse = Warehouse(tmp_path_factory.mktemp("officers"))
    deliver(warehouse)
    manifest = warehouse.manifest()
    clear = ("--select", "+dim_employees", "+dim_account_holders")
    warehouse.build(*clear, *PLAIN, vars={"pii_masking_enabled": False}, manifest=manifest)
    warehouse.build(*PLAIN)
    return warehouse


@pytest.mark.extended
def test_a_person_gets_all_that_is_held(built: Warehouse) -> None:
    """Every row of hers from each place, in clear, and no row of others."""
    assert run(built, disclose.main, f"email: {EMAIL}\n") == 0, built.output
    assert CANARY.lower() not in built.output.lower()
    (folder,) = (built.database / "restricted" / "disclosures").iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    counts = {}
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        text = path.read_text()
        assert not any(other["email"] in text for other in OTHERS), path.name
        with path.open(newline="") as file:
            counts[path.name] = len(list(csv.DictReader(file)))
    assert counts == {
        "benefits_admin.employees.csv": 1,
        "spend_accounts.employees.csv": 1,
        "spend_accounts.benefit_accounts.csv": 1,
        "spend_accounts.transactions.csv": 1,
        "snapshots.employees_history.csv": 1,
        "rejected_lines.csv": 1,
        "quality.quarantine_employees.csv": 1,
        "marts.dim_account_holders.csv": 1,
        "marts.roster_differences.csv": 1,
        "marts.findings.csv": 1,  # that the rosters differ about her
        "marts.fct_transactions.csv": 1,
        "marts.account_utilization.csv": 53,  # months since she was hired
    }
    assert "likes tea" in (folder / "benefits_admin.employees.csv").read_text()
    assert run(built, disclose.main, "person_id: P-nobody\n") == 2
    assert "Nobody with these identifiers" in built.output


@pytest.mark.extended
@pytest.mark.soak
def test_another_pepper_and_the_log_of_all(built: Warehouse) -> None:
    """All tokens are others, who was forgotten stays so, and the log tells, whole or not."""
    before = {token for (token,) in built.query(TOKENS)}
    old = (built.database / "restricted.pepper").read_text()
    assert run(built, lambda: forget.main(built.arguments()), f"email: {EMAIL}\n") == 0

    def run_rotate() -> int:
        return rotate.main([*built.arguments(), *PLAIN])

    def killed(folder: Path) -> None:
        raise OSError("killed")

    # A kill between the list and the pepper: nobody else may run, and running again ends it.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            rotate, "drop_tokens", lambda folder: (_ for _ in ()).throw(OSError("killed"))
        )
        assert run(built, run_rotate) == 2
    assert not built.dbt("build").success and "make rotate-pepper" in built.output
    with pytest.MonkeyPatch.context() as patch:  # once more before the build: two peppers are older
        patch.setattr(rotate, "run_dbt", lambda arguments: SimpleNamespace(success=True))
        assert run(built, run_rotate) == 0, built.output[-2000:]
    assert run(built, run_rotate) == 0, built.output[-2000:]
    after = {token for (token,) in built.query(TOKENS)}
    assert before and after and not before & after
    assert (built.database / "restricted.pepper").read_text() != old
    kept = traces(built, old) - {"warehouse/restricted/forgotten.peppers"}
    assert kept == set()
    assert not any(
        token in (built.database / "analytics.duckdb").read_bytes().decode("latin1")
        for token in before
    )
    built.deliver("benefits_admin.employees", "2.csv", [*OTHERS, ANN])
    built.build(*PLAIN)
    assert (
        traces(built, CANARY) - {name for name in traces(built, CANARY) if "disclosures" in name}
        == set()
    )

    log = built.database / audit.LOG
    assert log.stat().st_mode & 0o777 == 0o600
    assert CANARY.lower() not in log.read_text().lower()
    assert run(built, audit.main) == 0
    kinds = [entry["kind"] for entry in audit.entries(built.database)]
    assert kinds[0] == "clear build" and kinds[-3:] == ["erasure", "rotation", "rotation"]
    assert {"Kim  rotation  a test", "Kim  erasure  a test"} <= {
        "  ".join(line.split("  ")[2:5]) for line in built.output.splitlines()
    }


def altered(lines: list[str], how: str) -> list[str]:
    """The lines of a log that somebody changed."""
    if how == "changed":
        return [lines[0].replace("Kim", "Joe"), *lines[1:]]
    if how == "changed with its hash":
        entry = json.loads(lines[1]) | {"who": "Joe"}
        entry["hash"] = audit.hash_of(entry)
        return [lines[0], json.dumps(entry, sort_keys=True), *lines[2:]]
    return {"gone": [lines[0], *lines[2:]], "cut": lines[:-1], "no log": [], "no entry": ["x"]}[how]


@pytest.mark.parametrize(
    "how", ["changed", "changed with its hash", "gone", "cut", "no log", "no entry"]
)
def test_a_changed_log_shows(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("restricted", ".build"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("BENEFITS_AUDIT_USER", "Kim")
    monkeypatch.setenv("BENEFITS_DB_DIR", str(tmp_path))
    for number in range(4):
        audit.record(tmp_path, "clear build", run_id=f"r{number}")
    assert audit.main() == 0
    path = tmp_path / audit.LOG
    lines = altered(path.read_text().splitlines(), how)
    path.write_text("".join(f"{line}\n" for line in lines))
    assert audit.main() == 1
