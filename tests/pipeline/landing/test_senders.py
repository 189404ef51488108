"""Two senders and more of one feed, each with its own way to write: seed sender_settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import PROJECT, Warehouse
from mart_hashes import mart_hashes

from benefits_warehouse.feeds import load_feeds
from benefits_warehouse.runtime.reference import VARIABLE, make_reference
from benefits_warehouse.senders import SETTINGS, sender_problems, settings_of

CLAIMS, PEOPLE = "benefits_admin.claims", "benefits_admin.employees"
HOLDERS, ACCOUNTS = "spend_accounts.employees", "spend_accounts.benefit_accounts"
CARDS = "spend_accounts.transactions"
EARLY = {"earliest_date": "1900-01-01"}  # Excel's calendar begins with 1900
HEADER = "claim_id,company_ein,service_date,amount,claim_type"
SETTINGS_CSV = """source,feed,sender,setting,value
benefits_admin,claims,cents,amount_unit,cents
benefits_admin,claims,cents,amount_sign,reversed
benefits_admin,claims,euro,decimal_mark,","
benefits_admin,claims,euro,currency,EUR
benefits_admin,claims,euro,date_order,dmy
benefits_admin,claims,euro,delimiter,semicolon
benefits_admin,claims,serial,excel_serial_dates,true
benefits_admin,claims,serial,company_ein,44-4444444
benefits_admin,claims,epoch,epoch_unit,seconds
benefits_admin,claims,lines,header_line,3
benefits_admin,claims,lines,trailer_words,Grand sum|Fin
spend_accounts,*,east,time_zone,America/New_York
spend_accounts,*,east,id_prefix,e
spend_accounts,*,west,id_prefix,w
*,*,*,currency,USD
"""
IDENTIFIERS = """identifier,company_ein,valid_from
G-17,11-1111111,
G-17,22-2222222,2026-03-01
99-9999999,33-3333333,
"""


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of reference seeds with settings of senders, named in the environment."""
    folder = tmp_path_factory.mktemp("senders") / "reference"
    make_reference(folder)
    (folder / "sender_settings.csv").write_text(SETTINGS_CSV)
    (folder / "company_identifiers.csv").write_text(IDENTIFIERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(folder))
        yield folder


@pytest.fixture(scope="module")
def built(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One build of all senders."""
    warehouse = Warehouse(tmp_path_factory.mktemp("warehouse"))

    def claims(sender: str, *lines: str) -> None:
        warehouse.deliver(CLAIMS, f"sender={sender}/1.csv", "\n".join(lines) + "\n")

    claims("cents", HEADER, "a1,11-1111111,2026-03-04,12345,Medical", "a2,,2026-03-04,1.50,Medical")
    claims(
        "euro",
        HEADER.replace(",", ";"),
        'b1;11-1111111;03.04.2026;"1.234,50 €";Medical',
        "b2;11-1111111;04/03/2026;1 234,5;Medical",
        "b3;11-1111111;04/03/2026;12.50;Medical",
        "b4;11-1111111;04/03/2026;$12,50;Medical",
    )
    claims(
        "serial",
        "claim_id,service_date,company_ein,amount,claim_type",
        "c1,46085,,1.00,Medical",
        "c2,59,55-5555555,1.00,Medical",
        "c3,60,,1.00,Medical",
        "c4,2026-03-04,,1.00,Medical",
    )
    claims("epoch", HEADER, "d1,11-1111111,1772600000,1.00,Medical")
    claims(
        "lines",
        "Report of March",
        "claim_id;what",
        HEADER,
        "e1,11-1111111,3/14/2026,1.00,Medical",
        "e2,11-1111111,3/4/2026,2.00,Medical",
        "Grand sum,,,3.00,",
        "Fin",
    )
    claims(
        "other",  # without settings: the other order is the one that gives each value a day
        HEADER,
        "f1,11-1111111,14/3/2026,1.00,Medical",
        "f2,11-1111111,4/3/2026,1.00,Medical",
    )
    claims(
        "mixed",
        HEADER,
        "g1,11-1111111,14/3/2026,1.00,Medical",
        "g2,11-1111111,3/14/2026,1.00,Medical",
        "g3,11-1111111,4/3/2026,1.00,Medical",
        "g4,11-1111111,4/4/2026,1.00,Medical",
        "g5,11-1111111,soon,1.00,Medical",
    )
    claims(
        "known",
        HEADER,
        "h1,g-17 ,2026-02-28,1.00,Medical",
        "h2,G-17,2026-03-01,1.00,Medical",
        "h3,99-9999999,2026-03-01,1.00,Medical",
        "h4,G-18,2026-03-01,1.00,Medical",
    )
    for sender, allowance in (("east", "50"), ("west", "70")):
        warehouse.deliver(
            HOLDERS,
            f"sender={sender}/1.csv",
            "employee_id,first_name,last_name,email,hire_date,status\n"
            f"17,A,B,{sender}@acme.com,2020-01-01,active\n",
        )
        warehouse.deliver(
            ACCOUNTS,
            f"sender={sender}/1.csv",
            "benefit_account_id,employee_id,benefit_type,program_name,monthly_allowance,"
            f"current_balance\n5,17,wellness,Fit {sender},{allowance},0\n",
        )
        warehouse.deliver(
            CARDS,
            f"sender={sender}/1.csv",
            "transaction_id,employee_id,benefit_account_id,merchant,amount,timestamp,category\n"
            "1,17,5,Gym,10.00,2026-03-31 21:30:00,gym\n"
            "2,17,5,Gym,20.00,2026-03-31T21:30:00Z,gym\n"
            "3,17,5,Gym,30.00,2026-04-01 01:00:00Z,gym\n",
        )
    warehouse.deliver(
        PEOPLE,
        "roster.csv",
        "person_id,first_name,last_name,start_date,email\nP1,Ada,Lovelace,2020-01-01,a@x.example\n",
    )
    warehouse.deliver(
        PEOPLE,
        "sender=coded/roster_2026-02-15.csv",
        "person_id,full_name,start_date,company_ein\nP3,Bo Diddley,2020-01-01,G-17\n",
    )
    warehouse.deliver(PEOPLE, "half.csv", "person_id,first_name,start_date\nP2,Ada,2020-01-01\n")
    warehouse.build(vars=EARLY, manifest=warehouse.manifest())
    return warehouse


def claim(warehouse: Warehouse, claim_id: str) -> tuple[str, dt.date, Decimal]:
    """EIN, day and amount of a claim in the mart."""
    (row,) = warehouse.query(
        "select company_ein, service_date, amount from marts.fct_claims where claim_id = ?",
        [claim_id],
    )
    return row


def withheld(warehouse: Warehouse) -> dict[str, list[str]]:
    """The claims that are withheld, with every reason."""
    return dict(warehouse.query("select claim_id, all_reasons from quality.quarantine_claims"))


def test_amounts(built: Warehouse) -> None:
    """Cents, reversed signs, decimal commas and currencies; what is none of them is withheld."""
    assert claim(built, "a1")[2] == Decimal("-123.45")
    assert claim(built, "b1") == ("11-1111111", dt.date(2026, 4, 3), Decimal("1234.50"))
    assert claim(built, "b2") == ("11-1111111", dt.date(2026, 3, 4), Decimal("1234.50"))
    found = withheld(built)
    assert found["a2"] == ["missing_company_ein", "invalid_amount"]
    assert found["b3"] == found["b4"] == ["invalid_amount"]


def test_numbers_that_are_days(built: Warehouse) -> None:
    """Excel serials and epochs; the day that Excel alone knows is none."""
    assert claim(built, "c1") == ("44-4444444", dt.date(2026, 3, 4), Decimal("1.00"))
    assert claim(built, "c2")[:2] == ("55-5555555", dt.date(1900, 2, 28))
    assert claim(built, "c4")[1] == dt.date(2026, 3, 4)
    assert claim(built, "d1")[1] == dt.date(2026, 3, 4)
    assert withheld(built)["c3"] == ["invalid_service_date"]


def test_header_line_and_trailer_words(built: Warehouse) -> None:
    """As the settings say."""
    assert claim(built, "e2")[1] == dt.date(2026, 3, 4)
    ((rows, rejected, reason),) = built.query(
        "select rows, rejected, reason from ops.loaded_files where sender = 'lines'"
    )
    assert (rows, rejected) == (2, 0)
    assert "2 title lines above the header in line 3" in reason and "2 trailer lines" in reason


def test_a_column_has_one_order_of_days(built: Warehouse) -> None:
    """The other order where only that fits; where neither does, doubtful days are not read."""
    assert [claim(built, name)[1] for name in ("f1", "f2")] == [
        dt.date(2026, 3, 14),
        dt.date(2026, 3, 4),
    ]
    assert [claim(built, name)[1].day for name in ("g1", "g2", "g4")] == [14, 14, 4]
    assert withheld(built)["g3"] == withheld(built)["g5"] == ["invalid_service_date"]
    reasons = dict(built.query("select sender, reason from ops.loaded_files where feed = 'claims'"))
    assert "service_date is read day first" in reasons["other"]
    assert "date_order dmy" in reasons["other"]
    assert "service_date has days in both orders" in reasons["mixed"]
    assert "day" not in (reasons["euro"] or "") and reasons["cents"] is None


def test_other_names_of_companies(built: Warehouse) -> None:
    """Of the day of the claim; one that is not known is no EIN, and the hint names the seed."""
    assert [claim(built, name)[0] for name in ("h1", "h2", "h3")] == [
        "11-1111111",
        "22-2222222",
        "33-3333333",
    ]
    assert built.query(  # a roster's day is that of its delivery
        "select company_ein from marts.dim_employees where person_id = 'P3'"
    ) == [("11-1111111",)]
    assert withheld(built)["h4"] == ["missing_company_ein"]
    ((hint,),) = built.query(
        "select distinct fix_hint from quality.validation_errors "
        "where error_reason = 'missing_company_ein' and record_key = 'h4'"
    )
    assert "company_identifiers" in hint


def test_ids_of_a_sender_are_its_own(built: Warehouse) -> None:
    """In references too: each card finds its own account."""
    assert built.query(
        "select transaction_id, employee_id, benefit_account_id, program_name "
        "from marts.fct_transactions order by all"
    ) == [
        (f"{sender[0]}:{number}", f"{sender[0]}:17", f"{sender[0]}:5", f"Fit {sender}")
        for sender in ("east", "west")
        for number in (1, 2, 3)
    ]
    assert not built.query("from quality.quarantine_transactions")


def test_times_and_business_days_of_a_zone(built: Warehouse) -> None:
    """A time without a zone is local; the day and the month that count are local for all."""
    assert built.query(
        "select transaction_id, transaction_at, transaction_on from marts.fct_transactions "
        "where starts_with(transaction_id, 'e') order by all"
    ) == [
        ("e:1", dt.datetime(2026, 4, 1, 1, 30), dt.date(2026, 3, 31)),
        ("e:2", dt.datetime(2026, 3, 31, 21, 30), dt.date(2026, 3, 31)),
        ("e:3", dt.datetime(2026, 4, 1, 1, 0), dt.date(2026, 3, 31)),
    ]
    assert built.query(
        "select benefit_account_id, spend from marts.account_utilization "
        "where month = '2026-03-01' order by all"
    ) == [("e:5", Decimal("60.00")), ("w:5", Decimal("30.00"))]


def test_a_roster_of_first_and_last_names(built: Warehouse) -> None:
    """Full names are put together; a file with neither is refused with what it lacks."""
    assert built.query("select full_name from marts.dim_employees where person_id = 'P1'") == [
        ("A. L.",)
    ]
    ((reason,),) = built.query("select reason from ops.loaded_files where file = 'half.csv'")
    assert "required column missing: full_name, or first_name and last_name" in reason


@pytest.mark.soak
def test_a_refused_file_is_tried_again_under_other_settings(
    built: Warehouse, reference: Path
) -> None:
    """And a changed setting judges what was loaded anew; taken back, all is as it was."""
    before = mart_hashes(built.database / "analytics.duckdb")
    file = reference / "sender_settings.csv"
    built.deliver(
        CLAIMS,
        "sender=two/1.csv",
        "claim_id,company_ein,service_date,amount,claim_type;x\n"
        "claim_id;company_ein;service_date;amount;claim_type\n"
        "k1;11-1111111;2026-03-04;5,00;Medical\n",
    )
    status = "select status from ops.loaded_files where sender = 'two' order by loaded_at"
    manifest = built.manifest()
    built.build(vars=EARLY, manifest=manifest)
    first = built.query(status)
    file.write_text(
        SETTINGS_CSV.replace(",cents,amount_unit,cents", ",cents,amount_unit,dollars")
        + 'benefits_admin,claims,two,header_line,2\nbenefits_admin,claims,two,decimal_mark,","\n'
        + "benefits_admin,claims,two,delimiter,semicolon\n"
    )
    built.build(vars=EARLY, manifest=manifest)
    assert claim(built, "k1")[2] == Decimal("5.00")
    assert claim(built, "a1")[2] == Decimal("-12345.00")
    assert built.query(status)[-1] == ("loaded",) and first
    (built.zone / "benefits_admin/claims/sender=two/1.csv").unlink()
    (reference / "delivery_decisions.csv").write_text(
        "source,feed,sender,delivery,decision,reason\nbenefits_admin,claims,two,1.csv,withdraw,-\n"
    )
    file.write_text(SETTINGS_CSV)
    built.build(vars=EARLY, manifest=manifest)
    assert mart_hashes(built.database / "analytics.duckdb") == before


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("benefits_admin,claims,,amount_units,cents", "no setting amount_units; did you mean amo"),
        ("benefits_admin,claims,,amount_unit,pence", "amount_unit must be dollars or cents, not p"),
        ("benefits_admin,claim,,amount_unit,cents", "there is no feed benefits_admin.claim; did"),
        ("*,*,x,time_zone,Mars/Olympus", "time_zone must be a time zone such as America/New_York"),
        ("*,*,x,header_line,21", "header_line must be a line number from 1 to 20"),
        ("benefits_admin,claims,euro,currency,USD", "line 17 says the same as line 5: take one"),
    ],
)
def test_a_wrong_setting_is_told(reference: Path, line: str, told: str) -> None:
    """With file, line and what would make sense."""
    file = reference / "sender_settings.csv"
    file.write_text(SETTINGS_CSV + line + "\n")
    try:
        assert told in sender_problems(reference, load_feeds())
        assert "sender_settings.csv line 17" in sender_problems(reference, load_feeds())
    finally:
        file.write_text(SETTINGS_CSV)
    assert not sender_problems(reference, load_feeds())


def test_movements_need_a_delta_feed(tmp_path: Path) -> None:
    """A snapshot keeps each content once, so that there is nothing to add up."""
    header = "source,feed,sender,setting,value\n"
    (tmp_path / "sender_settings.csv").write_text(f"{header}*,*,tpa,claims_are,movements\n")
    (tmp_path / "delivery_decisions.csv").write_text(
        "source,feed,sender,delivery,decision,reason\n"
    )
    claims = "benefits_admin.claims"
    told = sender_problems(tmp_path, load_feeds(), [claims])
    assert told.startswith("sender_settings.csv line 2: movements are summed over files")
    assert not sender_problems(tmp_path, load_feeds(), ["benefits_admin.plans"])


def test_a_wrong_setting_stops_the_run(built: Warehouse, reference: Path) -> None:
    """Before anything changes."""
    before = (built.database / "analytics.duckdb").read_bytes()
    file = reference / "delivery_decisions.csv"
    text = file.read_text()
    file.write_text("source,feed,sender,delivery,decision,reason\nbenefits_admin,plans,,x,undo,\n")
    try:
        assert not built.dbt("build").success
    finally:
        file.write_text(text)
    assert "delivery_decisions.csv line 2: the decision must be trust or withdraw" in built.output
    assert (built.database / "analytics.duckdb").read_bytes() == before


def test_the_line_that_says_more_counts() -> None:
    """A sender before a feed before a source."""
    lines = [
        ("*", "*", "*", "date_order", "a"),
        ("s", "*", "*", "date_order", "b"),
        ("*", "f", "*", "date_order", "c"),
        ("s", "f", "*", "date_order", "d"),
        ("*", "*", "x", "date_order", "e"),
        ("s", "g", "x", "date_order", "f"),
    ]
    for count, wanted in enumerate("abcde", 1):
        assert settings_of(lines[:count], "s", "f", "x") == {"date_order": wanted}
    assert settings_of(lines, "s", "g", "x") == {"date_order": "f"}
    assert settings_of(lines, "t", "h", "") == {"date_order": "a"}


def test_the_page_lists_the_settings() -> None:
    """READING has each with what it says, as it is declared."""
    page = (PROJECT / "models/_reading.md").read_text()
    for name, says in SETTINGS.items():
        assert f"| `{name}` | {says.about} | {says.told} | {says.default} |\n" in page
    table = page.split("| setting |")[1].split("\n\n")[0]
    assert table.count("\n| `") == len(SETTINGS)
