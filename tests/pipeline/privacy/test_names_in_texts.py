"""A known person's name in a text about something else is masked, whenever the person arrives."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import duckdb
import pytest
from conftest import Warehouse
from reference.names import names_of, names_person

from benefits_warehouse.privacy.names import pairs_sql, texts_with_names_sql
from benefits_warehouse.runtime.reference import VARIABLE, make_reference

ROSTER = "person_id,full_name,title,email,company_ein,start_date,notes"
HOLDERS = "employee_id,first_name,last_name,email,hire_date,status\n"
PLANS = "company_ein,plan_type,carrier_name,start_date,end_date\n"
CLAIMS = "claim_id,company_ein,service_date,amount,claim_type\n"
ACCOUNTS = (
    "benefit_account_id,employee_id,benefit_type,program_name,monthly_allowance,current_balance\n"
)
SPENDING = "transaction_id,employee_id,benefit_account_id,merchant,amount,timestamp,category\n"
CARDS = "spend_accounts.transactions"
NAMES = [("quentin", "zebulon"), ("bo", "quagmire")]  # of the roster, and of the card system
NAMED = {  # merchants, and what is shown of them
    "Refund Quentin Zebulon": "Refund ****",
    "ZEBULON / QUENTIN": "****",
    "quentin-zebulon dental": "**** dental",
    "Quentin_Zebulon": "****",
    "zebulon.quentin": "****",
    "Quentin R. Zébulon's Bakery": "**** Bakery",
    "Quentin\u00a0Zebulon 4521": "**** 4521",
    "Que\u00adntin \uff3aebulon": "****",
    "Gift: Bo\u2013Quagmire Quentin Zebulon": "Gift: ****",
    "Bo Quagmire 212-555-0187": "**** ****",
}
HARMLESS = [
    "Quentin Health",
    "Zebulon",
    "Quentin and Zebulon",
    "Quentin Zebulons",
    "QuentinZebulon",
]
SHOWN = "select transaction_id, merchant from marts.fct_transactions"
TEXTS_ELSEWHERE = {
    "marts.dim_employees.title": "Aide of ****",
    "marts.dim_merchants.merchant": "Refund ****",
    "marts.fct_claims.claim_type": "**** care",
    "marts.fct_plan_coverage.carriers": "**** Mutual",
    "marts.dim_benefit_programs.program_name": "**** Fund",
    "marts.dim_account_holders.status": "on leave for ****",
    "quality.quarantine_transactions.merchant": "Owed to ****",
    "quality.schema_drift.column_name": "****",
}


def spent(number: int, merchant: str, amount: str = "1.00", category: str = "gym") -> str:
    """A line of the card system; what names nobody is paid from an account of its own."""
    account = "B-2" if merchant in HARMLESS else "B-1"
    moment = f"2025-01-05 10:{number:02}:00"
    return f'T{number},E-1,{account},"{merchant}",{amount},{moment},{category}\n'


def rostered(name: str, header: str = "") -> str:
    """A roster with a person, and another one whose title names somebody."""
    person = f"P-2,{name},Clerk,q@acme.example,12-3456789,2020-01-01,x,1\n"
    aide = "P-1,Ann Lee,Aide of Quentin Zebulon,a@acme.example,12-3456789,2020-01-01,x,1\n"
    return f"{ROSTER},{header or 'room'}\n{aide}{person}"


def held_together(warehouse: Warehouse) -> set[str]:
    """Where the words of a name stand together: published tables by cell, exports and logs."""
    texts = [("console", line) for line in warehouse.output.splitlines()]
    with warehouse.connect() as connection:
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall():
            rows = connection.sql(f'from "{schema}"."{table}"').fetchall()
            texts += [(f"{schema}.{table}", str(cell)) for row in rows for cell in row]
    for folder in (warehouse.exports, warehouse.folder / "logs"):
        for path in filter(Path.is_file, folder.rglob("*")):
            lines = path.read_bytes().decode(errors="replace").replace(",", "\n").splitlines()
            texts += [(path.name, line) for line in lines]
    return {place for place, text in texts if names_person(text, NAMES)}


def is_copied_by_blocks(warehouse: Warehouse) -> bool:
    """Whether the next publishing may begin with the bytes that are published now."""
    return (warehouse.database / ".build/former.duckdb").exists()


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Texts with names that nobody has yet."""
    warehouse = Warehouse(tmp_path_factory.mktemp("names"))
    told = [*NAMED, *HARMLESS]
    for feed, text in {
        "benefits_admin.employees": rostered("Bob Roe", header="Quentin_Zebulon"),
        "benefits_admin.plans": PLANS
        + "12-3456789,Medical,Quentin Zebulon Mutual,2024-01-01,2024-12-31\n"
        + "12-3456789,Dental,Zebulon Quentin Life,2024-05-01,2024-01-31\n",
        "benefits_admin.claims": CLAIMS
        + "C-1,12-3456789,2024-02-01,5.00,Quentin Zebulon care\n"
        + "C-2,12-3456789,2024-02-01,5.00,Medical\n",
        "spend_accounts.employees": HOLDERS
        + "E-1,Ann,Lee,a@acme.example,2020-01-01,on leave for Quentin Zebulon\n",
        "spend_accounts.benefit_accounts": ACCOUNTS
        + "B-1,E-1,wellness,Quentin Zebulon Fund,500.00,1.00\n"
        + "B-2,E-1,wellness,Fit,500.00,1.00\n",
        CARDS: SPENDING
        + "".join(spent(number, one) for number, one in enumerate(told))
        + spent(50, "Owed to Quentin Zebulon", amount="x")
        + spent(51, "Gym", category="zebulon quentin"),
    }.items():
        warehouse.deliver(feed, "2025-02-01.csv", text)
    warehouse.build()
    return warehouse


def test_unknown_persons_are_not_found(before: Warehouse) -> None:
    """Nobody is called so: the texts are shown as they came, but for the number."""
    shown = dict(before.query(SHOWN))
    assert shown["T0"] == "Refund Quentin Zebulon" and shown["T1"] == "ZEBULON / QUENTIN"
    assert {
        *("marts.fct_transactions", "quality.quarantine_transactions", "marts.findings"),
        *("quality.quarantine_history", "quality.schema_drift"),
    } < held_together(before)


@pytest.fixture(scope="module")
def after(before: Warehouse) -> Warehouse:
    """The persons arrive, without any new text; one of them has a column, too."""
    judged = "select row_id, judged_in from intermediate.int_transactions_judged"
    was = dict(before.query_restricted(judged))
    roster = rostered("Quentin Zebulon", header="Zebulon Quentin")
    before.deliver("benefits_admin.employees", "2025-02-02.csv", roster)
    holders = before.zone / "spend_accounts" / "employees" / "2025-02-01.csv"
    one = "E-2,Bo,Quagmire,b@acme.example,2020-01-01,active\n"
    before.deliver("spend_accounts.employees", "2025-02-02.csv", holders.read_text() + one)
    before.build()
    now = dict(before.query_restricted(judged))
    anew = sum(now[row_id] > was[row_id] for row_id in was)
    assert len(NAMED) + 2 == anew < len(was)  # what names nobody is left alone
    return before


def test_old_rows_are_masked_once_the_person_is_known(after: Warehouse) -> None:
    """Each spelling, with its flag, and nothing else, wherever the text is published."""
    shown = dict(after.query(SHOWN))
    told = {**NAMED, **{text: text for text in HARMLESS}}
    assert shown | {f"T{number}": text for number, text in enumerate(told.values())} == shown
    flags = "select transaction_id from marts.fct_transactions where "
    flags += "list_contains(dq_flags, 'personal_data_in_merchant')"
    assert {row[0] for row in after.query(flags)} == {f"T{number}" for number in range(len(NAMED))}
    assert after.query("select category from marts.fct_transactions where transaction_id = 'T51'")[
        0
    ] == ("****",)
    evidence = "select value_preview from quality.validation_errors where record_key = 'T0'"
    assert after.query(evidence) == [("Refund ****",)]
    for place, text in TEXTS_ELSEWHERE.items():
        relation, column = place.rsplit(".", 1)
        assert (text,) in after.query(f"select {column}::varchar from {relation}"), place
    keys = after.query("select record_key from quality.quarantine_history where feed = 'plans'")
    assert len(keys) == 1 and re.fullmatch("[0-9a-f]{16}", keys[0][0])
    assert held_together(after) == set()
    assert not is_copied_by_blocks(after)  # free blocks of the former hold the names


@pytest.mark.extended
def test_new_rows_are_masked_at_once(after: Warehouse) -> None:
    """A text that comes after the person."""
    after.deliver(CARDS, "2025-02-03.csv", SPENDING + spent(52, "Bo Quagmire Spa"))
    after.build()
    assert dict(after.query(SHOWN))["T52"] == "**** Spa"
    assert held_together(after) == set()
    assert is_copied_by_blocks(after)  # no text that was published is named only now


@pytest.mark.extended
def test_a_full_build_gives_what_increments_gave(after: Warehouse) -> None:
    tables = ["marts.fct_transactions", "marts.fct_claims", "quality.validation_errors"]
    rows = {table: sorted(map(str, after.query(f"from {table}"))) for table in tables}
    after.build("--full-refresh")
    for table in tables:
        assert sorted(map(str, after.query(f"from {table}"))) == rows[table], table
    assert held_together(after) == set()


@pytest.mark.extended
def test_persons_of_a_withdrawn_roster_stay_known(
    after: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was in a delivery that a person took back is known as before."""
    reference = tmp_path / "reference"
    make_reference(reference)
    (reference / "delivery_decisions.csv").write_text(
        "source,feed,sender,delivery,decision,reason\n"
        "benefits_admin,employees,,2025-02-02.csv,withdraw,a trial\n"
    )
    monkeypatch.setenv(VARIABLE, str(reference))
    persons = "select count(*) from marts.dim_employees where full_name = 'Q. Z.'"
    assert after.query(persons) == [(1,)]
    after.build()
    assert after.query(persons) == [(0,)]
    assert dict(after.query(SHOWN))["T0"] == "Refund ****"
    assert held_together(after) == set()


@pytest.mark.extended
def test_a_header_that_names_somebody_now_is_gone_from_the_file(tmp_path: Path) -> None:
    """No text but the header of an added column does: the file is written anew for it alone."""
    warehouse = Warehouse(tmp_path)
    plain = ("--exclude-resource-type", "test", "unit_test")
    for number, name in enumerate(["Bob Roe", "Bob Roe", "Quentin Zebulon"], 1):
        roster = rostered(name, header="Quentin_Zebulon").replace("Aide of Quentin Zebulon", "Aide")
        warehouse.deliver("benefits_admin.employees", f"2025-02-0{number}.csv", roster)
        warehouse.build(*plain)
        if number == 2:
            assert is_copied_by_blocks(warehouse)
            assert "quality.schema_drift" in held_together(warehouse)
    assert not is_copied_by_blocks(warehouse) and held_together(warehouse) == set()


def test_names_of_chance_are_read_as_the_reference_reads_them(many: int) -> None:
    """Pieces of names, signs and letters in any order, compared with the plain-Python reading."""
    rng = Random(15)
    pieces = ["ann", "Roe", "ROE", "Mary", "José", "jose", "Núñez", "O'Neil", "oneil", "Jr.", "M."]
    pieces += [" ", " ", " ", "-", "_", ",", ".", "/", "'", "\u2019s", "'S", "\u0301", "\u00ad"]
    pieces += [
        "Łuk",
        "LUK",
        "luk",
        "strauß",
        "Strauss",
        "\u00b4",
        "\u2018",
        "ø",
        "Æ",
        "\u3164",
        "PhD",
        "(",
        ")",
    ]
    pieces += ["\u200b", "7", "\uff32\uff4f\uff45", "ß", "\u0130", "김", "é", "x"]

    def chance(most: int) -> str:
        return " ".join("".join(rng.choices(pieces, k=rng.randint(1, most))).split())

    full_names, texts = [chance(4) for _ in range(400)], [chance(9) for _ in range(many)]
    split = [(chance(2), chance(2)) for _ in range(400)]
    full_names, texts = [*filter(None, full_names)], [*{*filter(None, texts)}]
    known = {pair for name in full_names for pair in names_of(name, None, None)}
    for first, last in split:  # one that has no last name is a full name
        known |= names_of(None, first, last) if last else names_of(first, None, None)
    expected = {text for text in texts if names_person(text, known)}
    assert many / 40 < len(expected) < len(texts) / 2
    with duckdb.connect() as connection:
        connection.execute(
            "create table names as select one[1] as first_names, "
            "nullif(one[2], '') as last_names from (select unnest(?::varchar[][]) as one)",
            [[*([name, ""] for name in full_names), *map(list, split)]],
        )
        connection.execute("create table texts as select unnest(?::varchar[]) as text", [texts])
        connection.execute(f"create table persons as {pairs_sql('names')}")
        found = connection.execute(texts_with_names_sql("texts", "persons")).fetchall()
    assert {text for text, _ in found} == expected
