"""BENEFITS_REFERENCE_DIR: reference seeds of the user, outside of the project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PROJECT, Warehouse

from benefits_warehouse.runtime.reference import (
    OF_COMPANIES,
    SAMPLE,
    VARIABLE,
    check_reference,
    main,
    make_reference,
    reference_folder,
)

COMPANIES = "company_ein,company_name,expected_employees\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as `make reference` makes it."""
    make_reference(tmp_path / "reference")
    return tmp_path / "reference"


# Making and checking a folder


def test_the_sample_is_sound() -> None:
    check_reference(SAMPLE)
    assert {path.stem for path in SAMPLE.glob("*.csv")} > OF_COMPANIES


def test_a_new_folder_has_rules_and_no_companies(folder: Path) -> None:
    check_reference(folder)
    for shipped in SAMPLE.glob("*.csv"):
        text, whole = (folder / shipped.name).read_text(), shipped.read_text()
        if shipped.stem in OF_COMPANIES:
            assert text.count("\n") == 1 and whole.startswith(text)
        else:
            assert text == whole


def test_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "companies.csv").write_text("mine\n")
    (folder / "dq_rules.csv").unlink()
    assert main([str(folder)]) == 1
    assert "companies.csv" in capsys.readouterr().err
    assert (folder / "companies.csv").read_text() == "mine\n"
    assert not (folder / "dq_rules.csv").exists()
    assert main([""]) == 2 and "DIR=" in capsys.readouterr().err


def test_the_folder_is_the_sample_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reference_folder() == SAMPLE
    monkeypatch.setenv(VARIABLE, "elsewhere")
    assert reference_folder() == Path("elsewhere")
    monkeypatch.setenv(VARIABLE, " ")
    with pytest.raises(RuntimeError, match=r"Nothing was changed.*blank"):
        reference_folder()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "is missing: copy companies.csv of seeds/reference"),
        ("", "must be company_ein,company_name,expected_employees"),
        ("company_ein,company_name\n", "has the columns company_ein,company_name; they must be"),
        (f"{COMPANIES[:-1]},more\n", "expected_employees,more; they must be"),
        (f"{COMPANIES}1,One\n", "line 2 has 2 cells, the header 3"),
        (f'{COMPANIES}1,"One,2\n', "is a quote not closed"),
        (f"{COMPANIES}1,Jos\xe9,2\n".encode("latin-1"), "it is not UTF-8"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(
    folder: Path, text: str | bytes | None, told: str
) -> None:
    path = folder / "companies.csv"
    if text is None:
        path.unlink()
    else:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(RuntimeError, match=f"Nothing was changed.*{path}.*{told}"):
        check_reference(folder)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"none, which is no folder\. `make reference"):
        check_reference(tmp_path / "none")


def test_blank_lines_and_a_byte_order_mark_do_no_harm(folder: Path) -> None:
    (folder / "companies.csv").write_text(f"\ufeff{COMPANIES}1,One,2\n\n")
    check_reference(folder)


# Builds


@pytest.mark.soak
def test_builds_with_a_folder_of_their_own(
    make_warehouse: Callable[..., Warehouse], folder: Path
) -> None:
    """The folder decides; one that is not sound changes nothing; without it, it is the sample."""
    warehouse = make_warehouse()
    (folder / "companies.csv").write_text(f"\ufeff{COMPANIES}012345678,Of my own,7\n")
    theirs = {VARIABLE: str(folder)}
    for wrong in (" ", str(folder / "none")):
        result = warehouse.dbt("build", environment={VARIABLE: wrong})
        assert not result.success
        assert "Nothing was changed" in f"{result.exception}{warehouse.output}"
        assert not warehouse.database.exists()
    assert warehouse.dbt("build", environment=theirs).success, warehouse.output[-3000:]
    query = "select company_ein, company_name, expected_employees from marts.dim_companies"
    query += " where expected_employees is not null"  # else known from the feeds alone
    assert warehouse.query(query) == [("01-2345678", "Of my own", 7)]
    assert not warehouse.query("select 1 from quality.reconciliation where difference <> 0")

    (folder / "companies.csv").write_text(f"{COMPANIES}012345678,Renamed,7\n")
    assert warehouse.dbt("build", environment=theirs).success, warehouse.output[-3000:]
    assert warehouse.query(query) == [("01-2345678", "Renamed", 7)]
    assert [path.name for path in sorted(folder.iterdir())] == [
        path.name for path in sorted(SAMPLE.glob("*.csv"))
    ]

    (folder / "dq_rules.csv").rename(folder / "rules.csv")
    result = warehouse.dbt("build", environment=theirs)
    assert not result.success and "dq_rules.csv is missing" in f"{result.exception}"
    assert warehouse.query(query) == [("01-2345678", "Renamed", 7)]

    warehouse.build()
    assert ("11-1111111", "Acme", 60) in warehouse.query(query)


def test_the_makefile_tests_the_sample() -> None:
    """`make test` and `make quick` read and write no folder of the user's."""
    text = (PROJECT / "Makefile").read_text()
    recipe = text.split("\ntest: setup")[1].split("\n\n")[0]
    for line in recipe.splitlines()[1:]:
        assert line.strip().startswith(("$(SAMPLE) $(DBT)", "$(PYTEST)")), line
