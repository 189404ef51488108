"""Kinds of files beyond CSV: workbooks, JSON and archives land with the same care, and what can't
be read, or lies in no feed's folder, is told."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from test_landing import Loader

HEADER = ["id", "name", "last_updated"]
GOOD = b"id,name,last_updated\n1,a,\n2,b,\n"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    """An empty landing zone."""
    return Loader(tmp_path)


def workbook(sheets: dict[str, Sequence[Sequence[Any]]], hidden: str = "") -> bytes:
    """A workbook of these rows by sheet; dates and times are formatted as such."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "m/d/yyyy h:mm"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name == hidden:
                sheet.hide()
    return file.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return file.getvalue()


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The one ledger row."""
    (row,) = rows
    return row


def test_a_workbook(loader: Loader) -> None:
    """The sheet that fits, below its titles; cells become what people see, dates in ISO form."""
    rows = [
        ["People of Acme"],
        [],
        ["Shoe", "ID", "Full Name", "Last Updated"],
        [38.5, 1, dt.date(2026, 3, 4)],
        [None, 11111111, dt.datetime(2026, 3, 4, 10, 20, 30)],
        [None, "007", 1234.5, "x"],
        [],
        [True, 0.1 + 0.2, True],
        [None, 123456789012, 1e-7],
        ["a", "8", "y", "", "surplus"],
        ["a", 'say "hi"', "a,b\nc"],
        ["Total records", 7, None, 3],
    ]
    loader.aliases = [("s", "events", "full name", "name")]
    loader.put("events/1.XLSX", workbook({"Notes": [["id"], ["hello"]], "People": rows}))
    row = only(loader.run())
    assert (row["status"], row["rows"], row["rejected"], row["landed"]) == ("loaded", 7, 1, 6)
    assert loader.values("events", "1.XLSX") == [
        ("1", "2026-03-04"),
        ("11111111", "2026-03-04 10:20:30"),
        ("007", "1234.5"),
        ("0.3", "TRUE"),
        ("123456789012", "0.0000001"),
        ('say "hi"', "a,b\nc"),
    ]
    assert loader.rejects("events", "1.XLSX") == [(10, "too many columns")]
    assert row["reason"].startswith(
        "read from sheet People; 1 title line above the header in line 3; "
        "1 trailer line at the end; 1 lines are rejected, the first is line 10: too many columns"
    )
    assert row["added_columns"] == ["Shoe"]
    assert loader.run() == []


def test_a_workbook_as_snapshot(loader: Loader) -> None:
    """A total at its end doesn't stop it from deleting; one that denies the records does."""
    for number, count in enumerate([3, 2, 9], start=1):
        people = [[f"{i}", "a"] for i in range(min(count, 4 - number))]
        loader.put(
            f"people/{number}.xlsx",
            workbook({"x": [HEADER, *people, ["Total records", "", count]]}),
        )
    rows = loader.run()
    assert [row["rows"] for row in rows] == [3, 2, 1]
    assert loader.deleted() == [("2", "a")]
    assert loader.present() == [("0", "a"), ("1", "a")]
    assert str(loader.held_back("3.xlsx")).startswith("its trailer states another number of rec")
    assert "the trailer states 9 records, the file has 1" in rows[2]["reason"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (workbook({"a": [HEADER, ["1", "a"]], "b": [HEADER]}), "fits in 2 sheets; keep one"),
        (workbook({"a": [], "b": []}), "the file is empty: no sheet has a header"),
        (workbook({"a": [["x"]], "b": [["ID"]]}), "line 1: required column missing: name; deliver"),
        (GOOD, "it is not a complete Excel workbook; save it as .xlsx"),
        (b"", "it is not a complete Excel workbook"),
        (archive({"xl/workbook.xml": b"<workbook/>"}), "it is not a complete Excel workbook"),
    ],
)
def test_a_workbook_that_is_refused(loader: Loader, content: bytes, told: str) -> None:
    """With the reason and the remedy; its neighbour loads."""
    loader.put("events/1.xlsx", content)
    loader.put("events/2.csv", GOOD)
    first, second = loader.run()
    assert (first["status"], second["status"]) == ("refused", "loaded")
    assert told in first["reason"]
    assert loader.run() == []


def test_a_hidden_sheet_is_none(loader: Loader) -> None:
    """Two sheets fit, and one of them is not seen by people."""
    loader.put(
        "events/1.xlsx", workbook({"a": [HEADER, [1, "a"]], "b": [HEADER, [2, "b"]]}, hidden="b")
    )
    assert only(loader.run())["reason"] == "read from sheet a"
    assert loader.values("events", "1.xlsx") == [("1", "a")]


@pytest.mark.parametrize("name", ["1.json", "1.ndjson", "1.JSONL"])
def test_json(loader: Loader, name: str) -> None:
    """Numbers stay as they are written, names may be missing, and each object is accounted for."""
    objects = [
        '{"ID": 1, "Name": "a", "shoe": {"size": 38}}',
        '{"name": "lower", "id": "x"}',
        '{"ID": 12345678901234567890, "Name": 100.10, "last updated": null}',
        '{"ID": 1e3, "Name": true}',
        '{"Name": "tw\\u00ef\\nce"}',
        '{"ID": [1], "Name": "b"}',
        '{"ID": 1, "ID": 2}',
        '"text"',
        '{"ID": "a,\\"b\\"", "Name": "\\u0000"}',
    ]
    content = "[\n" + " ,\n".join(objects) + "\n]\n" if name == "1.json" else "\n".join(objects)
    loader.put(f"events/{name}", content.replace('{"name": "lower", "id": "x"}', "{}"))
    row = only(loader.run())
    assert (row["status"], row["rows"], row["rejected"]) == ("loaded", 9, 4), row["reason"]
    assert loader.values("events", name) == [
        ("1", "a"),
        (None, None),
        ("12345678901234567890", "100.10"),
        ("1e3", "true"),
        (None, "twï\nce"),
    ]
    assert loader.rejects("events", name) == [
        (6, "a value is a list or an object"),
        (7, "a name stands twice in the object"),
        (8, "not a JSON object"),
        (9, "NUL byte"),
    ]
    assert row["added_columns"] == ["shoe"]
    assert loader.run() == []


def test_a_line_that_is_no_json(loader: Loader) -> None:
    """It is rejected by its number, blank lines are none."""
    loader.put("events/1.ndjson", '{"id": 1, "name": "a"}\r\n\r\nno\r\n{"id": 2, "name": "b"}')
    row = only(loader.run())
    assert (row["rows"], row["rejected"]) == (3, 1)
    assert loader.rejects("events", "1.ndjson") == [(3, "not a JSON object")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"[]", "the file is empty: not a single object"),
        (b"[1, 2]", "it is not a list of flat JSON objects; deliver one"),
        (b'{"data": [{"id": 1, "name": "a"}]}', "required column missing: id, name; none of"),
        (b'[{"id": 1, "name": "a"}', "(value 1 is damaged)"),
        (b'[{"id": 1, "name": "a"} {"id": 2}]', "(value 1 is damaged)"),
        (b'[{"id": 1, "name": "a"},]', "(value 2 is damaged)"),
        (b'[{"id": 1, "name": "caf\xe9"}]', "it is not UTF-8; deliver UTF-8"),
        (b'[{"id": 1}]', "required column missing: name"),
        (b'[{"id": 1, "name": "a", "Name": "b"}]', "column name is delivered twice"),
        (b"id,name\n1,a\n", "it is not a list of flat JSON objects"),
    ],
)
def test_json_that_is_refused(loader: Loader, content: bytes, told: str) -> None:
    """With the reason and the remedy."""
    loader.put("events/1.json", content)
    row = only(loader.run())
    assert row["status"] == "refused" and told in row["reason"]


def test_an_archive(loader: Loader) -> None:
    """Each member is a part of one delivery, of whatever kind."""
    parquet = loader.folder / "p.parquet"
    duckdb.sql("select 5 as id, 'e' as name").write_parquet(str(parquet))
    members = {
        "b/2.txt": "id;name\n2;Zoë\n".encode("cp1252"),
        "1.csv": b"id,name\n1,a\n",
        "3.tsv.gz": gzip.compress(b"id\tname\n3\tc\n"),
        "4.json": json.dumps([{"id": 4, "name": "d"}]).encode(),
        "5.parquet": parquet.read_bytes(),
        "6.xlsx": workbook({"x": [HEADER, [6, "f"]]}),
        "7.csv": "id,name\n7,g\n".encode("utf-16"),
        "__MACOSX/1.csv": b"x",
        ".DS_Store": b"x",
    }
    loader.put("people/1.zip", archive(members))
    loader.put("people/2.zip", archive({**members, "1.csv": b"id,name\n1,A\n"}))
    time.sleep(0.1)
    rows = loader.run()
    assert [row["status"] for row in rows] == ["loaded"] * 14
    assert {row["delivery"] for row in rows} == {"1.zip", "2.zip"}
    assert rows[0]["file"] == "1.zip/1.csv" and rows[6]["file"] == "1.zip/b/2.txt"
    assert rows[6]["reason"] == "read as Windows-1252; separated by semicolons"
    assert loader.present() == [
        ("1", "A"),
        ("2", "Zoë"),
        ("3", "c"),
        ("4", "d"),
        ("5", "e"),
        ("6", "f"),
        ("7", "g"),
    ]
    assert loader.run() == []
    assert not list((loader.folder / "landed" / ".scratch").iterdir())


def test_a_part_that_cannot_be_read_deletes_nothing(loader: Loader) -> None:
    """In an archive and in a folder: a roster may be in what we can't read."""
    loader.put("people/1.csv", GOOD)
    loader.put("people/2.zip", archive({"1.csv": b"id,name\n1,a\n", "2.csv.pgp": b"x"}))
    loader.put("people/3/1.csv", b"id,name\n1,A\n")
    loader.put("people/3/2.docx", b"x")
    rows = {row["file"]: row for row in loader.run()}
    assert rows["2.zip/2.csv.pgp"]["status"] == rows["3/2.docx"]["status"] == "refused"
    assert ".pgp is not a kind that can be read; deliver .csv" in rows["2.zip/2.csv.pgp"]["reason"]
    for name in ("2.zip", "3"):
        assert str(loader.held_back(name)).startswith("a part of the delivery was refused")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the ZIP archive is damaged, cut short, or none at all"),
        (GOOD, "the ZIP archive is damaged, cut short, or none at all"),
        (archive({"1.csv": GOOD})[:-30], "the ZIP archive is damaged"),
        (archive({}), "the ZIP archive is empty"),
        (archive({"x/.hidden": b"x"}), "the ZIP archive is empty"),
        (archive({"1.zip": archive({"1.csv": GOOD})}), "it is a ZIP archive within another one"),
        (archive({"1.csv": b"what\n1\n"}), "none of the columns is there"),
        (
            archive({"1.csv": GOOD}).replace(GOOD[:1], b"x", 1)
            if GOOD in archive({"1.csv": GOOD})
            else archive({"1.csv": GOOD})[:40] + b"\0\0" + archive({"1.csv": GOOD})[42:],
            "the ZIP archive is damaged, cut short, or packed in an unusual way",
        ),
    ],
)
def test_an_archive_that_is_refused(loader: Loader, content: bytes, told: str) -> None:
    """With the reason; a good one under the same name then loads."""
    loader.put("events/1.zip", content)
    row = only(loader.run())
    assert row["status"] == "refused"
    assert told in row["reason"] or "gzip data is damaged" in row["reason"], row["reason"]
    assert loader.run() == []
    loader.put("events/1.zip", archive({"1.csv": GOOD}))
    assert only(loader.run())["status"] == "loaded"


def test_an_archive_with_a_password(loader: Loader) -> None:
    """The flag in its directory tells."""
    content = bytearray(archive({"1.csv": GOOD}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    loader.put("events/1.zip", bytes(content))
    assert "the ZIP archive has a password; deliver it without" in only(loader.run())["reason"]
    assert loader.run() == []


def test_files_that_are_in_no_feed(loader: Loader) -> None:
    """Each has a ledger row with where it belongs; nothing else suffers."""
    loader.put("events/1.csv", GOOD)
    for name in ["event/2.csv", "event/deep/3.pdf", "people.csv", "event/.hidden", "_tmp/4.csv"]:
        loader.put(name, "x")
    (loader.folder / "zone" / "events_2026.csv").write_text("x")
    (loader.folder / "zone" / "t" / "Peeple").mkdir(parents=True)
    (loader.folder / "zone" / "t" / "Peeple" / "5.csv").write_text("x")
    rows = {(row["source"], row["feed"], row["file"]): row for row in loader.run()}
    assert {place: row["reason"] for place, row in rows.items() if row["status"] == "refused"} == {
        ("", "", "events_2026.csv"): (
            "the landing zone itself is no feed; move the file to s/events/"
        ),
        ("s", "", "people.csv"): "the folder s is no feed; move the file to s/people/",
        ("s", "event", "2.csv"): "the folder s/event is no feed; move the file to s/events/",
        ("s", "event", "deep/3.pdf"): "the folder s/event is no feed; move the file to s/events/",
        ("t", "Peeple", "5.csv"): "the folder t/Peeple is no feed; move the file to s/people/",
    }
    assert rows["s", "events", "1.csv"]["status"] == "loaded"
    assert loader.run() == []


def test_volume(loader: Loader) -> None:
    """Tens of thousands of rows of a workbook and of JSON cost seconds."""
    started = time.process_time()
    people = [[number, f"name {number}", dt.date(2026, 3, 4)] for number in range(30_000)]
    loader.put("events/1.xlsx", workbook({"x": [HEADER, *people]}))
    objects = [{"id": number, "name": f"name {number}"} for number in range(60_000)]
    loader.put("events/2.json", json.dumps(objects))
    assert [row["landed"] for row in loader.run()] == [30_000, 60_000]
    assert loader.values("events", "2.json")[59_999] == ("59999", "name 59999")
    assert time.process_time() - started < 60
