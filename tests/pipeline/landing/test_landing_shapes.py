"""One set of rows in random shapes: kind, delimiter, encoding, header, titles, trailers.

Whatever the shape, the same rows land, and nothing is rejected."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import random
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse
from test_landing import Loader
from test_landing_kinds import archive, workbook

from benefits_warehouse.runtime.reference import VARIABLE, make_reference

ROWS = [
    [f"{number:03}", name, "2026-01-02"]
    for number, name in enumerate(
        ["Ann Roe", "Zoë Poe", "a,b;c|d~e^f\tg", 'say "hi"', "line\nbreak", "Total Wine", "O'Neil"]
    )
]
HEADERS = [
    ["id", "name", "last_updated"],
    ["ID", "Name", "Last Updated"],
    ["I.D.", "(NAME)", "last-updated"],
    ["#id", "Na\nme", "LAST_UPDATED"],
]
TITLES = [["People of Acme"], ["as of", "2026-01-02"], ['a "quoted" title'], []]
TRAILERS = [["Total records", "", "{count}"], ["TRL"], ["EOF"], ["totals", "", "7.00"]]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]


def shaped(random: random.Random, header: list[str], rows: list[list[str]]) -> tuple[str, bytes]:
    """Ending and content of a file of rows, whose first column is the key."""
    order = random.sample(range(len(header)), len(header))
    ordered = [[row[place] for place in order] for row in [header, *rows]]
    titles = random.sample(TITLES, random.randint(0, 3))
    # A trailer says its word in the first cell, so the key must be there to be known as none.
    trailers = random.sample(TRAILERS, random.randint(0, 2)) if order[0] == 0 else []
    trailers = [[cell.format(count=len(rows)) for cell in cells] for cells in trailers]
    kind = random.choice(["text"] * 6 + [".xlsx", ".json", ".ndjson", ".parquet"])
    if kind == "text":
        delimiter = random.choice(",;\t|~^")
        file = io.StringIO(newline="")
        writer = csv.writer(
            file,
            delimiter=delimiter,
            lineterminator=random.choice(["\n", "\r\n"]),
            quoting=random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        )
        writer.writerows([*titles, *ordered, *trailers])
        content = file.getvalue().encode(random.choice(ENCODINGS))
        kind = random.choice([".csv", ".TXT", ".tsv", ".dat", ".psv"])
        if random.random() < 0.2:
            kind, content = f"{kind}.gz", gzip.compress(content)
    elif kind == ".xlsx":
        content = workbook({"Notes": [["id"]], "People": [*titles, *ordered, *trailers]})
    elif kind == ".parquet":
        content = parquet(ordered)
    else:
        objects = [dict(zip(ordered[0], row, strict=True)) for row in ordered[1:]]
        lines = [json.dumps(value, ensure_ascii=random.random() < 0.5) for value in objects]
        content = ("\n".join(lines) if kind == ".ndjson" else f"[{', '.join(lines)}]").encode()
    if random.random() < 0.2:
        kind, content = ".zip", archive({f"people{kind}": content})
    return kind, content


def parquet(rows: list[list[str]]) -> bytes:
    """The rows as Parquet; the first one has the names."""
    with duckdb.connect() as connection, tempfile.TemporaryDirectory() as folder:
        names = ", ".join(f'"{name}" varchar' for name in rows[0])
        connection.execute(f"create table people ({names})")
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into people values ({marks})", rows[1:])
        path = Path(folder) / "people.parquet"
        connection.table("people").write_parquet(str(path))
        return path.read_bytes()


def check_shapes(loader: Loader, seed: int, count: int) -> None:
    """Deliver the rows in many shapes, each as a delivery, and compare."""
    generator = random.Random(seed)
    for number in range(count):
        kind, content = shaped(generator, generator.choice(HEADERS), ROWS)
        loader.put(f"events/{number:04}{kind}", content)
    for row in loader.run():
        about = f"seed {seed}: {row['file']} {row['reason']}"
        if row["status"] == "duplicate":
            continue
        assert row["status"] == "loaded", about
        assert (row["rows"], row["rejected"]) == (len(ROWS), 0), about
        assert "states" not in (row["reason"] or ""), about
        assert sorted(loader.values("events", row["file"])) == [tuple(r[:2]) for r in ROWS], about
    assert loader.run() == []


@pytest.mark.parametrize("seed", range(2))
def test_shapes(tmp_path: Path, seed: int) -> None:
    """A hundred files."""
    check_shapes(Loader(tmp_path), seed, 60)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_shapes(tmp_path: Path, seed: int) -> None:
    """Two thousand files."""
    check_shapes(Loader(tmp_path), seed, 100)


# The same claims in random shapes and forms: the same marts

CLAIMS = [
    (dt.date(2026, 3, 4), Decimal("1234.50"), "11-1111111", "Medical"),
    (dt.date(2026, 12, 31), Decimal("-5.00"), "04-7719283", "Dental"),
    (dt.date(2026, 3, 14), Decimal("0.07"), "22-2222222", "Vision"),
]
CLAIM_HEADERS = [
    ["claim_id", "company_ein", "service_date", "amount", "claim_type"],
    ["Claim ID", "EIN", "Date of Service", "Claim Amount", "Claim Type"],
    ["CLAIM-ID", "Company EIN", "Service\nDate", "Amount", "claim type"],
]
Form = Callable[[dt.date], str]
MONTH_FIRST: list[Form] = [
    lambda day: day.isoformat(),
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day:%Y/%m/%d}",
    lambda day: f"{day.month}/{day.day}/{day.year}",
    lambda day: f"{day:%m/%d/%y}",
    lambda day: f"{day:%m-%d-%Y}",
    lambda day: f"{day.month}.{day.day}.{day.year}",
    lambda day: f"{day:%d-%b-%y}".upper(),
    lambda day: f"{day:%d%b%Y}".upper(),
    lambda day: f"{day:%B} {day.day}, {day.year}",
    lambda day: f"{day.month}/{day.day}/{day.year} 12:05:00 AM",
    lambda day: f"{day.isoformat()}T00:05:00.000-05:00",
]
DAY_FIRST: list[Form] = [
    lambda day: f"{day.day}.{day.month}.{day.year}",
    lambda day: f"{day:%d/%m/%Y} 00:05",
]
POINT: list[Callable[[Decimal], str]] = [
    str,
    lambda amount: f"{amount:,}",
    lambda amount: f"${amount:,}",
    lambda amount: f"({-amount:,})" if amount < 0 else f"USD {amount:,}",
    lambda amount: f"{abs(amount)}{'-' if amount < 0 else ''}",
    lambda amount: f"{abs(amount)}{'CR' if amount < 0 else ' USD'}",
    lambda amount: f"{amount}00",
]
COMMA: list[Callable[[Decimal], str]] = [
    lambda amount: f"{amount:,}".translate(str.maketrans(",.", ".,")),
    lambda amount: f"{amount}".replace(".", ","),
]
EINS: list[Callable[[str], str]] = [
    str,
    lambda ein: ein.replace("-", ""),
    lambda ein: f"EIN: {ein}",
    lambda ein: ein.replace("-", "").lstrip("0"),
]
SENDERS = {"": (MONTH_FIRST, POINT), "dmy": (DAY_FIRST, POINT), "comma": (MONTH_FIRST, COMMA)}
SENDERS["both"] = (DAY_FIRST, COMMA)
SETTINGS = """source,feed,sender,setting,value
*,*,dmy,date_order,dmy
*,*,both,date_order,dmy
*,claims,comma,decimal_mark,","
benefits_admin,claims,both,decimal_mark,","
"""


def check_marts(folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int, count: int) -> None:
    """One build of many files, each with the same claims under its own ids."""
    make_reference(folder / "reference")
    (folder / "reference/sender_settings.csv").write_text(SETTINGS)
    (folder / "reference/companies.csv").write_text(
        "company_ein,company_name,expected_employees\n04-7719283,Larkspur,1\n"
    )
    monkeypatch.setenv(VARIABLE, str(folder / "reference"))
    generator, warehouse = random.Random(seed), Warehouse(folder)
    for number in range(count):
        sender = generator.choice([*SENDERS])
        days, amounts = (generator.choice(forms) for forms in SENDERS[sender])
        ein = generator.choice(EINS)
        rows = [
            [f"{number:04}-{place}", ein(company), days(day), amounts(amount), kind]
            for place, (day, amount, company, kind) in enumerate(CLAIMS)
        ]
        kind, content = shaped(generator, generator.choice(CLAIM_HEADERS), rows)
        name = f"sender={sender}/{number:04}{kind}" if sender else f"{number:04}{kind}"
        warehouse.deliver("benefits_admin.claims", name, content)
    warehouse.build(vars={"as_of_date": "2026-12-31"}, manifest=warehouse.manifest())
    wanted = [
        (f"{number:04}-{place}", *claim)
        for number in range(count)
        for place, claim in enumerate(CLAIMS)
    ]
    got = warehouse.query(
        "select claim_id, service_date, amount, company_ein, claim_type from marts.fct_claims "
        "order by claim_id"
    )
    assert got == wanted
    assert not warehouse.query("from quality.quarantine_claims")
    assert warehouse.query("select count(*), min(status) from ops.loaded_files") == [
        (count, "loaded")
    ]


@pytest.mark.extended
def test_marts_of_any_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred files and more."""
    check_marts(tmp_path, monkeypatch, 1, 120)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 104))
def test_marts_of_many_shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Two thousand files."""
    check_marts(tmp_path, monkeypatch, seed, 500)
