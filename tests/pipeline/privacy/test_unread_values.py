"""What could not be read is not shown: cells in the wrong column, and values of another type."""

from __future__ import annotations

import duckdb
import pytest
from conftest import Warehouse

from benefits_warehouse.privacy.names import masked_sql

ROSTER = "person_id,full_name,title,email,company_ein,start_date,notes\n"
HOLDERS = "employee_id,first_name,last_name,email,hire_date,status\n"
PLANS = "company_ein,plan_type,carrier_name,start_date,end_date\n"
CLAIMS = "claim_id,company_ein,service_date,amount,claim_type\n"
ACCOUNTS = (
    "benefit_account_id,employee_id,benefit_type,program_name,monthly_allowance,current_balance\n"
)
SPENDING = "transaction_id,employee_id,benefit_account_id,merchant,amount,timestamp,category\n"
# Each word is personal and occurs nowhere else; a row of a feed has moved by a cell or more.
WORDS = [
    *("Quagmire", "Zebulon", "zq.quag", "555-867-5309", "219-09-9999", "Oncologist", "219099999"),
    *("Wobbegong", "4111-1111-1111-1111", "chemotherapy"),
]
DELIVERIES = {
    "benefits_admin.employees": ROSTER
    + "P-1,Quagmire, Zebulon,Clerk,zq.quag@acme.com,12-3456789,2020-01-01\n"
    + "Zebulon,Quagmire,zq.quag@acme.com,Clerk,555-867-5309,sees Oncologist,219-09-9999\n"
    + "zq.quag@acme.com,Zebulon Quagmire,Clerk,P-2,12-3456789,219-09-9999,x\n"
    + "219099999,Zebulon Quagmire,Quagmire,P-2,zq.quag@acme.com,2020-02-30,x\n"
    + "P-3,Ann Lee,Clerk,a@acme.com,12-3456789,2020-02-30,x\n",
    "spend_accounts.employees": HOLDERS
    + "E-1,Quagmire,Zebulon,Quagmire,zq.quag@acme.com,219-09-9999\n"
    + "Zebulon Quagmire,Ann,Lee,a@acme.com,555-867-5309,active\n",
    "benefits_admin.plans": PLANS
    + "12-3456789,Medical,Zebulon,Quagmire,Wobbegong\n"
    + "zq.quag@acme.com,Quagmire,Zebulon,12-3456789,219-09-9999\n",
    "benefits_admin.claims": CLAIMS
    + "C-1,Quagmire,Zebulon,12-3456789,chemotherapy\n"
    + "219-09-9999,12-3456789,555-867-5309,zq.quag@acme.com,chemotherapy\n"
    + "4111-1111-1111-1111,12-3456789,soon,12.345,Medical\n"
    + "C-4,12-3456789,2024-02-30,12.345,Medical\n",
    "spend_accounts.benefit_accounts": ACCOUNTS + "B-1,Quagmire,Zebulon,fsa,zq.quag@acme.com,x\n",
    "spend_accounts.transactions": SPENDING
    + "T-1,Zebulon Quagmire,219-09-9999,E-1,Wobbegong,2024-01-01 10:00:00,zq.quag@acme.com\n"
    + "T-2,E-1,B-1,Acme,Quagmire,Zebulon,Wobbegong\n",
}


@pytest.fixture(scope="module")
def shifted(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of deliveries in which cells stand in the wrong columns."""
    warehouse = Warehouse(tmp_path_factory.mktemp("shifted"))
    for feed, text in DELIVERIES.items():
        warehouse.deliver(feed, "2025-01-01.csv", text)
    warehouse.build()
    return warehouse


def test_moved_cells_are_not_published(shifted: Warehouse) -> None:
    """No word of a moved cell is in the published file, an export, a log or on the console."""
    texts = {"console": shifted.output}
    with shifted.connect() as connection:
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall():
            texts[table] = str(connection.sql(f'from "{schema}"."{table}"').fetchall())
    folders = [shifted.exports, shifted.folder / "logs"]
    for path in [path for folder in folders for path in folder.iterdir()]:
        texts[path.name] = path.read_bytes().decode(errors="replace")
    found = {
        (name, word)
        for name, text in texts.items()
        for word in WORDS
        if word.lower() in text.lower()
    }
    assert found == set()
    count = "select count(*) from quality.validation_errors"
    assert shifted.query(count)[0][0] >= 20


def test_what_the_hint_names_is_the_value(
    shifted: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clear value is in the restricted file, where the hint says."""
    monkeypatch.chdir(shifted.folder)  # its views name their files from there
    shown = shifted.query(
        """select record_key, field, value_preview, fix_hint from quality.validation_errors
        where source = 'benefits_admin' and feed = 'claims' and tier = 2
            and field in ('amount', 'service_date')
        order by all"""
    )
    rows = {(key, field): (preview, hint) for key, field, preview, hint in shown}
    assert rows[("C-4", "service_date")][0] == "2024-02-30"
    assert rows[("C-4", "amount")][0] == "12.345"
    assert "As delivered" not in rows[("C-4", "amount")][1]
    assert rows[("C-1", "service_date")][0] == "aaaaaaa"
    assert (
        "As delivered: restricted.duckdb, landing.land_benefits_admin__claims"
        in rows[("C-1", "service_date")][1]
    )
    ((row_id, source_row, hint),) = shifted.query(
        "select row_id, source_row, fix_hint from quality.validation_errors "
        "where value_preview = 'aa.aaaa@aaaa.aaa' and field = 'amount' and feed = 'claims'"
    )
    assert (
        "landing.land_benefits_admin__claims, by source_row and file_id, which is row_id //" in hint
    )
    delivered = shifted.query_restricted(
        "select amount from landing.land_benefits_admin__claims "
        f"where file_id = {row_id} // 100000000000 and source_row = {source_row}"
    )
    assert delivered == [("zq.quag@acme.com",)]


def test_rows_with_a_plain_key_keep_it(shifted: Warehouse) -> None:
    """A key that looks like one is shown, so that the row is found at the sender."""
    keys = {key for (key,) in shifted.query("select claim_id from quality.quarantine_claims")}
    assert {"C-1", "C-4"} <= keys and len(keys) == 4
    assert shifted.query("select title from quality.quarantine_employees order by 1") != []
    # In a row that reads well but for a day, texts are shown.
    titles = "select title, start_date from quality.quarantine_employees where person_id = 'P-3'"
    assert shifted.query(titles) == [("Clerk", "2020-02-30")]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("date", "2022-02-30", "2022-02-30"),
        ("date", "31-Feb-2022 10:00 AM", "31-Feb-2022 10:00 AM"),
        ("date", "soon", "aaaa"),
        ("date", "219-09-9999", "999-99-9999"),
        ("date", "212 555 0187", "999 999 9999"),
        ("date", "May Lee", "aaa aaa"),
        ("timestamp", "2022-02-30T10:00:00Z", "2022-02-30T10:00:00Z"),
        ("money", "12.345", "12.345"),
        ("money", "(1,2.3) CR", "(1,2.3) CR"),
        ("money", "1e3", "9a9"),
        ("money", "ann@x.com", "aaa@a.aaa"),
        ("money", "4111111111111111", "9" * 16),
        ("ein", "12-345678", "12-345678"),
        ("ein", "219-09-9999", "****"),
        ("ein", "219 – 09 – 9999", "****"),
        ("ein", "Zoë Lee", "aaa aaa"),
        ("email", "ann@acme.com", "****@acme.com"),
        ("email", " Ann@Mail.ACME.co.uk ", "****@mail.acme.co.uk"),
        ("email", "ann@219-09-9999.com", "****"),
        ("email", "ann@2125550187.com", "****"),
        ("email", "ann@{ann}.com", "****"),
        ("email", "ann@acme.c0m", "****"),
        ("email", "ann@-acme.com", "****"),
        ("email", "ann@ann_lee.com", "****"),
        ("email", "ann.acme.com", "****"),
        ("name", "Ada  Lovelace", "A. L."),
        ("name", "李 Wei", "*. W."),
        ("name", "e\u0301 Lee", "*. L."),
        ("name", "J", "*."),
        ("id", "P-0042", "P-0042"),
        ("id", "CLM-000123456", "CLM-000123456"),
        ("id", "123456789", "123456789"),
        ("id", "2024-000123456", "2024-000123456"),
        ("id", "ann@x.com", None),
        ("id", "ghost", "ghost"),
        ("id", "Lee 42", None),
        ("id", "219-09-9999", None),
        ("id", "(212) 555-0187", None),
        ("id", "212-555-0187", None),
        ("id", "+12125550187", None),
        ("id", "4111-1111-1111-1111", None),
        ("id", None, None),
    ],
)
def test_shown_values(kind: str, value: str | None, shown: str | None) -> None:
    """What a value that can't be read is shown as; of an id that is none, a token."""
    with duckdb.connect() as connection:
        connection.execute("set variable pii_pepper = 'sixteen letters!'")
        query = f"select {masked_sql('value', kind)} from (select ?::varchar as value)"
        ((found,),) = connection.execute(query, [value]).fetchall()
    if shown is None and value is not None:
        assert len(found) == 16 and found.isalnum() and found not in value
    else:
        assert found == shown
