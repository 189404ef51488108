"""`make check`: from an unknown export to the lines to add, and the lines are proved by a load."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse
from rows import claims

from benefits_warehouse.check import __main__ as command
from benefits_warehouse.check.header import candidates
from benefits_warehouse.check.synonyms import SYNONYMS
from benefits_warehouse.feeds import load_feeds
from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.runtime.reference import VARIABLE, make_reference

CARRIER = """Northgate Health - claims paid

Claim #;Tax ID;DOS;Paid Amount;LOB;Member Name
700100;11-1111111;14/3/2026;1.234,50;Medcal;Jane Qroe
700101;11-1111111;4/3/2026;12,00;Dental;Jo Qdoe
700102;G-17;5/3/2026;13,00;Chiro;Al Qpoe
Total;;;1259,50;;
"""
HR = """Associate ID,First,Surname,Work Email,Hire Date,Job Title,Cost Center
E1,Ada,Qlovelace,ada.qlovelace@acme.com,3/14/2020,Analyst 555-12-3456,12
E2,Bo,Qdiddley,not an address,Mar 4 2021,Buyer,13
E3,Cy,Lee,,cy@acme.com,Qmoved Qwords,14
"""


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of reference seeds, named in the environment."""
    folder = tmp_path / "reference"
    make_reference(folder)
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder


def add_printed(printed: str, reference: Path) -> list[str]:
    """Add the printed lines to the seeds, as a person does; returns the seeds' names."""
    lines, added = printed.split("Lines to add to the reference seeds, if they are right:\n")[1], []
    seed = Path()
    for line in lines.split("\n\n")[0].splitlines():
        if line.startswith("    "):
            seed.write_text(seed.read_text() + line.strip() + "\n")
        else:
            seed = Path(line.strip())
            assert seed.parent == reference
            added.append(seed.stem)
    return added


def test_from_an_unknown_export_to_a_load(
    reference: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A carrier's file: what it is, what is missing, and lines that make it load as meant."""
    file = tmp_path / "export.csv"
    file.write_text(CARRIER)
    assert command.main([str(file)]) == command.AFTER_LINES
    printed = capsys.readouterr().out
    for told in (
        "export.csv: benefits_admin.claims (guessed",
        "delimiter    semicolons",
        "header       line 3, below 1 title lines",
        "3 records, 0 rejected lines",
        "1 trailer line at the end",
        "service_date is read day first",
        "Chiro is none of Medical, Dental, Vision",
        "not counted, since they ask other feeds: no_coverage_on_service_date",
    ):
        assert told in printed, told
    assert "Qroe" not in printed and "Qpoe" not in printed
    assert f"  {'amount':22} {3:10} {0:10} {3:10}" in printed
    assert f"  {'service_date':22} {3:10} {3:10} {0:10}" in printed
    assert "700100 |  | 11-1111111 | 2026-03-14 |  |  | Medcal" in printed
    assert add_printed(printed, reference) == [
        *("column_aliases", "sender_settings", "value_aliases"),
    ]
    warehouse = Warehouse(tmp_path)
    warehouse.deliver("benefits_admin.claims", "export.csv", CARRIER)
    warehouse.build("--select", "+fct_claims", "--exclude-resource-type", "test", "unit_test")
    with duckdb.connect(str(warehouse.database / ".build/analytics.duckdb")) as connection:
        loaded = connection.execute(
            "select claim_id, service_date::varchar, amount::varchar, claim_type "
            "from marts.fct_claims"
        ).fetchall()
    assert loaded == [
        ("700100", "2026-03-14", "1234.50", "Medical"),
        ("700101", "2026-03-04", "12.00", "Dental"),
    ]
    # With the lines it loads as it is, and nothing is left behind.
    assert command.main([str(file), "benefits_admin.claims"]) == command.LOADS
    printed = capsys.readouterr().out
    assert "The file loads as it is." in printed and "alias" in printed
    assert not list(Path(tempfile.gettempdir()).glob("benefits-check-*"))


@pytest.mark.extended
def test_persons_are_masked(
    reference: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An HR export: names and addresses are shown as in the marts."""
    file = tmp_path / "people.txt"
    file.write_text(HR)
    assert command.main([str(file)]) == command.AFTER_LINES
    printed = capsys.readouterr().out
    assert "benefits_admin.employees (guessed" in printed
    assert "E1 |  | A. | Q. | Analyst **** | ****@acme.com |  | 2020-03-14" in printed
    assert f"  {'email':22} {2:10} {1:10} {1:10}  ****" in printed
    assert f"  {'-':22} {'Cost Center':28} not known" in printed
    # An address stands in the date: the cells moved, so that the title may be anything.
    assert "E3 |  | C. | L. | aaaaaa aaaaaa |  |  | " in printed
    for canary in ("Qmoved", "cy@", "Qlovelace", "qlovelace", "Qdiddley", "3456", "not an"):
        assert canary not in printed


@pytest.mark.parametrize(
    ("name", "text", "feed", "told"),
    [
        ("claims.pdf", "%PDF", "", ".pdf is not a kind that can be read"),
        ("claims.csv", "", "", "the file is empty"),
        ("claims.csv", "a,b\n1,2\n", "", "no column of any feed is in its first 20 lines"),
        (
            "claims.csv",
            "claim_id,amount\n1,2\n",
            "",
            "company_ein, service_date, claim_type is mis",
        ),
        (
            "claims.csv",
            "claim_id\n1\n",
            "benefits_admin.claim",
            "did you mean benefits_admin.claims?",
        ),
        ("clams.csv", None, "", "There is no file"),
    ],
)
def test_what_cannot_be_loaded(
    reference: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    text: str | None,
    feed: str,
    told: str,
) -> None:
    """Says what to do, with exit code 2."""
    del reference
    (tmp_path / "claims.csv").write_text("")
    if text is not None:
        (tmp_path / name).write_text(text)
    assert command.main([str(tmp_path / name), feed]) == command.NEVER
    printed = capsys.readouterr().out
    assert told in printed, printed
    assert text is not None or "did you mean" in printed
    assert command.main([""]) == command.NEVER


@pytest.mark.extended
def test_a_clean_file_of_the_sample(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Needs nothing; the user's warehouse is not made, and dbt's words are not printed."""
    monkeypatch.chdir(tmp_path)
    folder = Warehouse(tmp_path / "x")
    folder.folder.mkdir()
    path = folder.deliver("benefits_admin.claims", "a.csv", claims(1, 3, company_ein="11-1111111"))
    monkeypatch.setenv("BENEFITS_DB_DIR", str(tmp_path / "mine"))
    assert command.main([str(path)]) == command.LOADS
    printed = capsys.readouterr().out
    assert "3 records" in printed and "Lines to add" not in printed and "Running" not in printed
    assert not (tmp_path / "mine").exists()


def test_synonyms_name_columns() -> None:
    """Of some feed, each once; two headers that may mean one column are not guessed."""
    feeds = load_feeds()
    columns = {column for feed in feeds.values() for column in feed.columns}
    for name in SYNONYMS:
        feed, _, column = name.rpartition(".")
        assert column in (feeds[feed].columns if feed else columns), name
        assert len(set(SYNONYMS[name])) == len(SYNONYMS[name])
    people = Feed.of("benefits_admin.employees", feeds["benefits_admin.employees"])
    assert candidates(people, "email", ["Work Email", "Email Address"]) == ["Work Email"]
    assert candidates(people, "title", ["Titel"]) == ["Titel"]
    assert candidates(people, "title", ["Title 1", "Title 2"]) == ["Title 1", "Title 2"]
