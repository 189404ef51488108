"""Faulty deliveries, one by one: what becomes of each, and that nothing else suffers for it."""

from __future__ import annotations

import gzip
import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from test_landing import Loader

from benefits_warehouse import progress
from benefits_warehouse.landing import files, reading

HEADER = b"id,name,last_updated\n"
GOOD = HEADER + b"1,a,\n2,b,\n3,c,\n"
LONG = b"x" * 3_000_000


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    """An empty landing zone."""
    return Loader(tmp_path)


@dataclass(frozen=True)
class Loads:
    """A file that loads, with these (id, name) in this order and these (line, reason) rejected."""

    content: bytes
    rows: tuple[tuple[str, str | None], ...]
    rejects: tuple[tuple[int, str], ...] = ()
    name: str = "2.csv"
    note: str | None = None


ALL = (("1", "a"), ("2", "b"), ("3", "c"))
LOADING = {
    "byte order mark": Loads(b"\xef\xbb\xbf" + GOOD, ALL),
    "windows line ends": Loads(GOOD.replace(b"\n", b"\r\n"), ALL),
    "old mac line ends": Loads(GOOD.replace(b"\n", b"\r"), ALL),
    "mixed line ends": Loads(GOOD.replace(b"a,\n", b"a,\r\n").replace(b"b,\n", b"b,\r"), ALL),
    "no final newline": Loads(GOOD[:-1], ALL),
    "blank lines": Loads(b"\n" + GOOD.replace(b"\n", b"\n\n") + b"   \n\n", ALL),
    "latin-1 in a line": Loads(
        HEADER + b"1,a,\n2,caf\xe9,\n3,c,\n",
        (ALL[0], ("2", "café"), ALL[2]),
        note="read as Windows-1252",
    ),
    "Windows-1252": Loads(
        HEADER + "1,Zoë,\n2,“b” – €,\n".encode("cp1252"),
        (("1", "Zoë"), ("2", "“b” – €")),
        note="read as Windows-1252",
    ),
    "Windows-1252 with a byte that means nothing": Loads(
        HEADER + b"1,a,\n2,b\xe9,\n7,x\x81,\n",
        (ALL[0], ("2", "bé")),
        ((4, "not UTF-8"),),
        note="read as Windows-1252",
    ),
    "latin-1 in a line of UTF-8": Loads(
        HEADER + "1,é,\n".encode() + b"7,caf\xe9,\n3,c,\n",
        (("1", "é"), ALL[2]),
        ((3, "not UTF-8"),),
    ),
    "latin-1 header": Loads(b"id,name,pr\xe9nom\n1,a,b\n", ALL[:1], note="read as Windows-1252"),
    "UTF-16 LE": Loads(GOOD.decode().encode("utf-16"), ALL, note="read as UTF-16"),
    "UTF-16 BE": Loads(b"\xfe\xff" + GOOD.decode().encode("utf-16-be"), ALL, note="read as UTF-16"),
    "UTF-16 LE, unmarked": Loads(GOOD.decode().encode("utf-16-le"), ALL, note="read as UTF-16"),
    "UTF-16 BE, unmarked": Loads(GOOD.decode().encode("utf-16-be"), ALL, note="read as UTF-16"),
    "UTF-16 of Excel": Loads(
        'id\tname\r\n1\tZoë\r\n2\t"b, B"\r\n7\tx\ty\r\n'.encode("utf-16"),
        (("1", "Zoë"), ("2", "b, B")),
        ((4, "too many columns"),),
        "2.TXT",
        "read as UTF-16; separated by tabs; 1 lines are rejected",
    ),
    "semicolons": Loads(GOOD.replace(b",", b";"), ALL, note="separated by semicolons"),
    "tabs": Loads(GOOD.replace(b",", b"\t"), ALL, name="2.tsv", note="separated by tabs"),
    "pipes": Loads(GOOD.replace(b",", b"|"), ALL, name="2.psv", note="separated by pipes"),
    "tildes": Loads(GOOD.replace(b",", b"~"), ALL, name="2.dat", note="separated by tildes"),
    "carets": Loads(GOOD.replace(b",", b"^"), ALL, name="2.Txt", note="separated by carets"),
    "pipes, as gzip": Loads(
        gzip.compress(GOOD.replace(b",", b"|")), ALL, name="2.DAT.gz", note="separated by pipes"
    ),
    "semicolons, lines with faults": Loads(
        b'id;name;shoe\n1;"a";\n2;b\n7;$1;x;\n8;"x";"y";\n3;"c;\nC";\n9\n',
        (*ALL[:2], ("3", "c;\nC")),
        ((4, "too many columns"), (5, "too many columns"), (8, "missing columns")),
        note="separated by semicolons; 3 lines are rejected",
    ),
    "tabs and blank cells": Loads(
        b"id\tname\tshoe\n1\ta\t\n2\tb\n7\tx\t\t\n",
        ALL[:2],
        ((4, "too many columns"),),
        note="separated by tabs",
    ),
    "title lines": Loads(
        b'Report, of "people"\n"as of\n2024-01-01"\n\n' + GOOD,
        ALL,
        note="3 title lines above the header in line 5",
    ),
    "title lines as wide as the rest": Loads(
        b"\xef\xbb\xbfReport,,\n,,\n" + GOOD + b"7,x,,\n",
        ALL,
        ((7, "too many columns"),),
        note="1 title line above the header in line 3; 1 lines are rejected",
    ),
    "title with an open quote": Loads(
        b'"Report,\n' + GOOD, ALL, note="1 title line above the header in line 2"
    ),
    "separator of Excel": Loads(
        b"sep=;\n" + GOOD.replace(b",", b";"),
        ALL,
        note="separated by semicolons; 1 title line above the header in line 2",
    ),
    "header of people": Loads(b"# (ID).,Full-Name\n1,a\n2,b\n3,c\n", ALL),
    "header with a quoted line break": Loads(b'id,"Full\r\nName"\n1,a\n2,b\n3,c\n', ALL),
    "header of underscores": Loads(b"I_D,FULL_NAME,Last Updated\n1,a,\n2,b,\n3,c,\n", ALL),
    "NUL in a line": Loads(HEADER + b"1,a,\n2,\0b,\n3,c,\n", (ALL[0], ALL[2]), ((3, "NUL byte"),)),
    "too few and too many columns": Loads(
        HEADER + b"1,a,\n7\n2,b,\n8,y,,z\n3,c,\n",
        ALL,
        ((3, "missing columns"), (5, "too many columns")),
    ),
    "optional last cell missing": Loads(HEADER + b"1,a,\n2,b\n3,c\n", ALL),
    "optional last cell missing, with quotes": Loads(
        HEADER + b'1,a\n2,"b"\n3,"c\nC"\n', (*ALL[:2], ("3", "c\nC"))
    ),
    "unknown last cell missing": Loads(b"id,name,shoe\n1,a\n2,b,38\n3,c,\n", ALL),
    "required last cell missing": Loads(
        b"id,last_updated,name\n1,,a\n2,,b\n7,\n3,,c\n", ALL, ((4, "missing columns"),)
    ),
    "surplus cell that is empty": Loads(
        HEADER + b"1,a,\n2,b,\n7,x,2026-01-01,\n3,c,\n8,y,,,\n",
        ALL,
        ((4, "too many columns"), (6, "too many columns")),
    ),
    "surplus cell that is empty, with quotes": Loads(
        HEADER + b'1,"a",\n2,"b",\n7,"x,",2026-01-01,\n3,c,\n',
        ALL,
        ((4, "too many columns"),),
    ),
    "surplus cell beside a missing one": Loads(
        HEADER + b"1,a,\n2,b\n7,x,,\n3,c,\n", ALL, ((4, "too many columns"),)
    ),
    "comma within an amount": Loads(
        b"id,shoe,name,remark\n1,$900.00,a,\n7,$1,100.00,x,\n2,3,b,\n3,4,c,\n",
        ALL,
        ((3, "too many columns"),),
    ),
    "delimiter at every end, header too": Loads(b"id,name,,\n1,a,,\n2,b,,\n3,c,,\n", ALL),
    "delimiter at every end but the header's": Loads(
        b"id,name\n1,a,\n2,b,\n", (), ((2, "too many columns"), (3, "too many columns"))
    ),
    "blank leading column": Loads(b",id,name\n0,1,a\n1,2,b\n2,3,c\n", ALL),
    "guards of Excel": Loads(
        HEADER + b'"=""011""","=""a, b""",\n="012",="c",\n\'013,\'t Hooft,\n\'-14,O\'Brien,\n',
        (("011", "a, b"), ("012", "c"), ("013", "'t Hooft"), ("-14", "O'Brien")),
    ),
    "what is like a guard of Excel": Loads(
        HEADER + b"=7,=A1,\n'8','68 Club,\n", (("=7", "=A1"), ("'8'", "'68 Club"))
    ),
    "quoted line breaks": Loads(
        HEADER + b'1,"a\nA",\n7\n2,"b\r\n\r\nB",\n3,"c,\nC",\n8\n',
        (("1", "a\nA"), ("2", "b\r\n\r\nB"), ("3", "c,\nC")),
        ((4, "missing columns"), (10, "missing columns")),
    ),
    "unclosed quote": Loads(HEADER + b'7,"x,\n1,a,\n2,b,\n3,c,\n', ALL, ((2, "unclosed quote"),)),
    "unclosed quote before good ones": Loads(
        HEADER + b'7,"x,\n1,"a",\n2,"b",\n3,c,\n', ALL, ((2, "unclosed quote"),)
    ),
    "two stray quotes that make a cell": Loads(
        HEADER + b'7,"x,\n1,a,\n2,b,\n8,y",\n3,c,\n',
        ALL,
        ((2, "unclosed quote"), (5, "unclosed quote")),
    ),
    "unclosed quote in the last line": Loads(GOOD + b'7,"x', ALL, ((5, "unclosed quote"),)),
    "text after a closing quote": Loads(
        HEADER + b'1,a,\n2,b,\n7,"x"y,\n3,c,\n', ALL, ((4, "unquoted value"),)
    ),
    "quoted text that a missing delimiter tore": Loads(
        HEADER + b'1,a,\n2,b,\n7"x, y",z\n3,c,\n', ALL, ((4, "unquoted value"),)
    ),
    "quote within a cell": Loads(
        HEADER + b'1,5" pipe,\n2,the "b" team,\n3,"say ""c""",\n',
        (("1", '5" pipe'), ("2", 'the "b" team'), ("3", 'say "c"')),
    ),
    "blanks around quotes": Loads(HEADER + b'1, "a" ,\n2,"b",\n3,c,\n', ALL),
    "swapped columns": Loads(b"name,last_updated,id\na,,1\nb,,2\nc,,3\n", ALL),
    "added columns": Loads(b"shoe,id,hat,name\n9,1,8,a\n9,2,8,b\n9,3,8,c\n", ALL),
    "optional column absent": Loads(b"id,name\n1,a\n2,b\n3,c\n", ALL),
    "odd header": Loads(
        "\u00a0 ID , Full\u00a0Name,\u200blast_updated\n".encode() + GOOD[21:], ALL
    ),
    "footer": Loads(GOOD + b"Total: 3 rows\n", ALL, note="1 trailer line at the end"),
    "footers": Loads(
        GOOD + b"\nTOTAL,,100.00\nRecord Count: 0003\n\n  End of file\n",
        ALL,
        note="3 trailer lines at the end",
    ),
    "trailer that is quoted": Loads(
        GOOD + b'"Total records: 3","",""', ALL, note="1 trailer line at the end"
    ),
    "trailer with day and amount": Loads(
        GOOD + b"TRL,20261120,3,100.00\r\n", ALL, note="1 trailer line at the end"
    ),
    "trailer as gzip": Loads(
        gzip.compress(GOOD + b"TRL|3\n"), ALL, name="2.csv.gz", note="1 trailer line at the end"
    ),
    "trailer of a file with quotes and semicolons": Loads(
        b'id;name\n1;"a\nTotal"\n2;"b"\nEOF;;',
        (("1", "a\nTotal"), ALL[1]),
        note="separated by semicolons; 1 trailer line at the end",
    ),
    "trailer before what is none": Loads(
        GOOD + b"Total,,3\n=====\n",
        ALL,
        ((6, "missing columns"),),
        note="1 trailer line at the end; 1 lines are rejected, the first is line 6",
    ),
    "trailer word in a record": Loads(
        b"name,id\nTotal Wine,1\nCounty,2\nTotal,3\n",
        (("1", "Total Wine"), ("2", "County"), ("3", "Total")),
    ),
    "trailer word in a key": Loads(
        HEADER + b"1,a,\nTRL-001,b,\nCount 7,c,\n", (ALL[0], ("TRL-001", "b"), ("Count 7", "c"))
    ),
    "trailer with as many cells as a record": Loads(
        HEADER + b"1,a,\nTotal number of records:,1,\n", ALL[:1], note="1 trailer line at the end"
    ),
    "trailer word above the last record": Loads(
        HEADER + b"1,a,\nTotal\n3,c,\n", (ALL[0], ALL[2]), ((3, "missing columns"),)
    ),
    "trailer word within quotes": Loads(
        HEADER + b'1,"a\nTotal 5",\n2,"\nTotal 5"\n', (("1", "a\nTotal 5"), ("2", "\nTotal 5"))
    ),
    "end of file mark": Loads(GOOD + b"\x1a", ALL, ((5, "missing columns"),)),
    "header only": Loads(HEADER, ()),
    "header only without its newline": Loads(HEADER[:-1], ()),
    "long cell": Loads(HEADER + b"1," + LONG + b",\n2,b,\n", (("1", LONG.decode()), ALL[1])),
    "long quoted cell": Loads(
        HEADER + b'1,"' + LONG + b'\n",\n2,b,\n', (("1", LONG.decode() + "\n"), ALL[1])
    ),
    "line over the limit": Loads(
        HEADER + b"1,a,\n7," + LONG * 6 + b",\n2,b,\n3,c,\n", ALL, ((3, "line size over maximum"),)
    ),
    "line without an end in a file that is sorted": Loads(
        HEADER + b"1,\0a,\n" + LONG * 6,
        (),
        ((2, "NUL byte"), (3, "line size over maximum")),
    ),
    "line without an end": Loads(
        HEADER + b"1,a,\n" + LONG * 6, ALL[:1], ((3, "line size over maximum"),)
    ),
    "gzip": Loads(gzip.compress(GOOD), ALL, name="2.csv.gz"),
    "gzip in two members": Loads(
        gzip.compress(GOOD[:30]) + gzip.compress(GOOD[30:]), ALL, name="2.csv.gz"
    ),
    "upper case name": Loads(GOOD, ALL, name="2.CSV"),
}
PACKED = gzip.compress(HEADER + b"1,abcdefgh,\n" * 1000)
REFUSED = {
    "no bytes": (b"", "2.csv", "the file is empty"),
    "blank lines only": (b"\n\n  \n", "2.csv", "the file is empty"),
    "gzip of nothing": (gzip.compress(b""), "2.csv.gz", "the file is empty"),
    "no bytes as gzip": (b"", "2.csv.gz", "the file is empty"),
    "no bytes as Parquet": (b"", "2.parquet", "the file is empty"),
    "damaged UTF-16": (
        GOOD.decode().encode("utf-16") + b"x",
        "2.csv",
        "it is damaged UTF-16; deliver it again, as UTF-8",
    ),
    "two delimiters that fit": (
        b"id;name\n" + GOOD,
        "2.csv",
        "two delimiters, commas (line 2) and semicolons (line 1); keep one header",
    ),
    "NUL in the header": (b"id,name\0\n" + GOOD[21:], "2.csv", "line 1 holds NUL bytes; deliver"),
    "missing column": (b"id,last_updated\n1,\n", "2.csv", "line 1: required column missing: name;"),
    "no header": (b"1,a,\n2,b,\n", "2.csv", "deliver the file with its header as line 1"),
    "header below line 20": (
        b"\n" * 20 + GOOD,
        "2.csv",
        "the first 20 lines are blank; deliver the file with its header",
    ),
    "header that is too far down": (
        b"Report\n" * 20 + GOOD,
        "2.csv",
        "none of the columns is there",
    ),
    "header that lacks a column below a title": (
        b"Report\nid,last_updated\n1,\n",
        "2.csv",
        "line 2: required column missing: name; deliver it, or name its header",
    ),
    "duplicate column": (
        b"id,name,ID\n1,a,2\n",
        "2.csv",
        "id is delivered twice, as columns 1 and",
    ),
    "alias beside the name": (b"id,name,Full Name\n1,a,b\n", "2.csv", "name is delivered twice"),
    "unclosed quote in the header": (b'id,"name\n1,a\n', "2.csv", "a quote in the header"),
    "endless header": (b'id,"' + LONG, "2.csv", "line 1 is not a header"),
    "cut gzip": (PACKED[: len(PACKED) // 2], "2.csv.gz", "the gzip data is damaged"),
    "gzip and garbage": (PACKED + b"garbage", "2.csv.gz", "the gzip data is damaged"),
    "damaged gzip": (PACKED[:60] + b"\0\0\0" + PACKED[63:], "2.csv.gz", "the gzip data is damaged"),
    "no gzip": (GOOD, "2.csv.gz", "not gzip at all; deliver it again"),
    "gzip by another name": (gzip.compress(GOOD), "2.csv", "is gzip; name it .csv.gz"),
    "Parquet by another name": (b"PAR1....PAR1", "2.csv", "is Parquet; name it .parquet"),
    "Excel by another name": (
        b"PK\x03\x04....",
        "2.csv",
        "an Excel workbook or a ZIP archive; name it",
    ),
    "CSV as Parquet": (GOOD, "2.parquet", "it is not a complete Parquet file; deliver it again"),
    "Parquet with a broken footer": (b"PAR1" + b"x" * 99 + b"PAR1", "2.parquet", "as Parquet"),
}


def deliver_to_all(loader: Loader, content: bytes, name: str) -> list[dict[str, Any]]:
    """Load a file between good ones of a delta feed, and after a good one of a snapshot feed."""
    loader.aliases = [("s", feed, "full name", "name") for feed in ("events", "people")]
    for feed in ("events", "people"):
        loader.put(f"{feed}/1.csv", HEADER + b"1,a,\n2,b,\n3,c,\n4,d,\n")
        loader.put(f"{feed}/{name}", content)
    loader.put("events/3.csv", HEADER + b"9,z,\n")
    rows = loader.run()
    by_file = {(row["feed"], row["file"]): row for row in rows}
    assert len(by_file) == len(rows) == 5
    for neighbour in [("events", "1.csv"), ("events", "3.csv"), ("people", "1.csv")]:
        assert by_file[neighbour]["status"] == "loaded"
    assert len(loader.values("events", "1.csv")) == 4
    assert loader.values("events", "3.csv") == [("9", "z")]
    assert loader.run() == []
    assert not [path for path in (loader.folder / "landed").rglob("*.tmp") if path.is_file()]
    assert not list((loader.folder / "landed" / ".scratch").iterdir())
    return [by_file["events", name], by_file["people", name]]


@pytest.mark.parametrize("case", LOADING.values(), ids=LOADING)
def test_what_loads_of_a_faulty_file(loader: Loader, case: Loads) -> None:
    """Each row and each malformed line, with its number; a snapshot with one deletes nothing."""
    event, person = deliver_to_all(loader, case.content, case.name)
    numbered = [(number, *row) for number, row in enumerate(case.rows, 1)]
    assert loader.numbered("events", case.name) == numbered
    for feed, row in (("events", event), ("people", person)):
        assert row["status"] == "loaded", row["reason"]
        assert tuple(loader.rejects(feed, case.name)) == case.rejects
        assert (row["rows"], row["rejected"]) == (
            len(case.rows) + len(case.rejects),
            len(case.rejects),
        )
    assert event["landed"] == event["rows"] - event["rejected"]
    deleted = loader.deleted()
    if case.rejects:
        line, reason = case.rejects[0]
        assert f"the first is line {line}: {reason}; fix and deliver them" in event["reason"]
    if case.rejects or not case.rows:
        assert loader.held_back(person["delivery"])
        assert not deleted
    elif not case.note:
        assert event["reason"] is None
    if case.note:
        assert event["reason"].startswith(case.note) and case.note in person["reason"]


@pytest.mark.parametrize(("content", "name", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(loader: Loader, content: bytes, name: str, reason: str) -> None:
    """The reason says what to do, nothing of the file is landed, and nothing is deleted."""
    for row in deliver_to_all(loader, content, name):
        assert row["status"] == "refused"
        assert reason in row["reason"]
        assert (row["rows"], row["landed"], row["load_id"]) == (0, 0, None)
        assert not loader.values(row["feed"], name)
    assert not loader.deleted()
    assert any("2." in line and "refused" in line for line in loader.log)


def test_parquet_of_odd_types(loader: Loader) -> None:
    """Types become text, inner columns are no columns, no rows are no fault, order is kept."""
    folder = loader.put("events/1.csv", GOOD).parent
    duckdb.sql(
        f"""copy (select 1::decimal(9, 2) as ID, date '2024-01-02' as name,
            timestamptz '2024-01-02 03:04:05+02' as last_updated,
            {{'id': 5, 'name': [1, 2]}} as inner
        ) to '{folder}/2.parquet'"""
    )
    duckdb.sql(f"copy (select [1, 2] as id, encode('é') as name) to '{folder}/3.parquet'")
    duckdb.sql(f"copy (select 'x' as id, 'y' as name where false) to '{folder}/4.parquet'")
    duckdb.sql(f"copy (select i as id, -i as name from range(300000) t(i)) to '{folder}/5.parquet'")
    duckdb.sql(f"copy (select {{'id': 1, 'name': 2}} as row) to '{folder}/6.parquet'")
    rows = loader.run()
    assert [row["status"] for row in rows] == ["loaded"] * 5 + ["refused"]
    assert loader.values("events", "2.parquet") == [("1.00", "2024-01-02")]
    assert loader.values("events", "3.parquet") == [("[1, 2]", "é")]
    assert rows[1]["added_columns"] == ["inner"]
    assert (rows[3]["rows"], rows[4]["rows"]) == (0, 300_000)
    assert all(int(row[1]) == row[0] - 1 for row in loader.numbered("events", "5.parquet"))


def test_odd_names(loader: Loader) -> None:
    """A name is never a pattern, an option or SQL; one that is no text is shown as it is."""
    names = ["a[1].csv", "a1.csv", "b*.csv", "b2.csv", "c?.csv", "{x,y}.csv", "d\\e.csv"]
    names += ["q'q.csv", 'q"q.csv', "p%41.csv", "-dash.csv", "sp ace.csv", "ü.csv", "s3:x.csv"]
    names += ["~t.csv", "$HOME.csv", "day=1.csv", "new\nline.csv", "sub[1]/day=2/x*.csv"]
    for number, name in enumerate(names):
        loader.put(f"events/{name}", f"id,name\n{number},n\n")
    (loader.folder / "zone/s/events" / os.fsdecode(b"caf\xe9.csv")).write_text("id,name\n99,n\n")
    rows = loader.run()
    assert {row["file"] for row in rows} == {*names, "caf\\xe9.csv"}
    assert all((row["status"], row["rows"]) == ("loaded", 1) for row in rows)
    for number, name in enumerate(names):
        assert loader.values("events", name) == [(str(number), "n")]
    assert loader.run() == []


def test_folders(loader: Loader) -> None:
    """Nested parts load; hidden, unfinished and other files do not; loops and blanks do no harm."""
    for name in ["d/1.csv", "d/e/f/2.csv", "x.csv/part-0.csv"]:
        loader.put(f"events/{name}", f"id,name\n{name},n\n")
    for name in [
        ".h.csv",
        "_s.csv",
        "d/.h.csv",
        "d/.tmp/1.csv",
        "d/_temporary/0/1.csv",
    ]:
        loader.put(f"events/{name}", "id,name\nhidden,n\n")
    others = ["a.csv.part", "b.md", "c.PDF", "noending"]
    for name in [*others, "d/_SUCCESS", "empty.csv/.keep"]:
        loader.put(f"events/{name}", "x")
    events = loader.folder / "zone/s/events"
    (events / "empty").mkdir()
    (events / "d/loop").symlink_to(events / "d")
    (events / "self.csv").symlink_to(events / "self.csv")
    (events / "gone.csv").symlink_to(events / "nowhere")
    rows = {row["file"]: row for row in loader.run()}
    assert {file for file, row in rows.items() if row["status"] == "loaded"} == {
        "d/1.csv",
        "d/e/f/2.csv",
        "x.csv/part-0.csv",
    }
    assert {file for file, row in rows.items() if row["status"] == "refused"} == {
        "self.csv",
        "gone.csv",
        *others,
    }
    assert rows["d/1.csv"]["delivery"] == rows["d/e/f/2.csv"]["delivery"] == "d"
    for name, told in [
        ("a.csv.part", ".part means that it is not complete yet; deliver .csv, .txt"),
        ("b.md", ".md is not a kind that can be read; deliver .csv, .txt"),
        ("c.PDF", ".PDF is not a kind that can be read"),
        ("noending", "its name has no ending"),
    ]:
        assert told in rows[name]["reason"]
    assert loader.run() == []


def test_a_file_that_cannot_be_opened_is_taken_once_it_can(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused with the reason, once, and forgotten when access is given: its times are the same."""
    loader.put("people/1.csv", GOOD)
    closed = {
        loader.put("people/2.csv", HEADER + b"1,a,\n2,b,\n"),
        loader.put("events/1.csv", GOOD),
    }
    file_hash = files.file_hash

    def guarded(path: Path) -> str:
        if path in closed:
            raise PermissionError(13, "Permission denied", str(path))
        return file_hash(path)

    monkeypatch.setattr(files, "file_hash", guarded)
    refused = [row for row in loader.run() if row["status"] == "refused"]
    assert {(row["feed"], row["file"]) for row in refused} == {
        ("people", "2.csv"),
        ("events", "1.csv"),
    }
    assert all("Permission denied; give the loader access" in row["reason"] for row in refused)
    assert loader.run() == []
    assert len(loader.present()) == 3
    closed.clear()
    assert [row["status"] for row in loader.run()] == ["loaded", "loaded"]
    assert len(loader.present()) == 2


def test_a_folder_that_cannot_be_listed(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other feeds load, and the ledger says what is wrong."""
    loader.put("people/1.csv", GOOD)
    loader.put("events/1.csv", GOOD)
    iterdir = Path.iterdir

    def guarded(path: Path) -> Any:
        if path.name == "people":
            raise PermissionError(13, "Permission denied", str(path))
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", guarded)
    rows = {row["feed"]: row for row in loader.run()}
    assert rows["events"]["status"] == "loaded"
    assert "the folder can't be listed (Permission denied)" in rows["people"]["reason"]


@pytest.mark.parametrize("feed", ["events", "people"])
@pytest.mark.parametrize("content", [GOOD, GOOD + b'4,"x\n'], ids=["plain", "sorted"])
def test_a_file_that_is_still_written(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, feed: str, content: bytes
) -> None:
    """What changes while it is read is refused this time; the next run takes all of it."""
    path = loader.put(f"{feed}/1.csv", content)
    other = loader.put("events/2.csv", HEADER + b"8,y,\n")
    survey = reading.survey

    def survey_while_written(file: files.File, delimiter: str) -> files.Survey:
        found = survey(file, delimiter)
        if file.path == path:
            with path.open("ab") as opened:
                opened.write(b"5,e,\n")
        return found

    monkeypatch.setattr(reading, "survey", survey_while_written)
    rows = {row["file"]: row for row in loader.run() if row["feed"] == feed}
    assert rows["1.csv"]["status"] == "refused"
    assert "it changed while it was read; the next run tries again" in rows["1.csv"]["reason"]
    assert not loader.values(feed, "1.csv") and not loader.rejects(feed, "1.csv")
    assert loader.values("events", other.name) == [("8", "y")]
    monkeypatch.undo()
    (row,) = loader.run()
    assert (row["status"], row["rows"] - row["rejected"]) == ("loaded", 4)
    assert loader.run() == []


def test_a_full_disk_is_not_the_fault_of_the_file(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails for lack of room stops the run, or later files would overtake it; what fails for
    lack of memory is tried again."""
    loader.put("events/1.csv", GOOD)

    def fail(*_: Any) -> int:
        raise error

    monkeypatch.setattr(reading.Reader, "copy", fail)
    error: Exception = duckdb.IOException("Could not write file: No space left on device")
    with pytest.raises(duckdb.IOException, match="No space left"):
        loader.run()
    error = duckdb.OutOfMemoryException("failed to allocate")
    assert [row["status"] for row in loader.run()] == ["refused"]
    assert loader.run() == []
    monkeypatch.undo()
    assert [row["status"] for row in loader.run()] == ["loaded"]


def test_overlapping_files_both_load(loader: Loader) -> None:
    """Rows that two files share are landed twice, with the same content hash."""
    loader.put("events/1.csv", GOOD)
    loader.put("events/2.csv", GOOD + b"4,d,\n")
    assert [row["landed"] for row in loader.run()] == [3, 4]
    (counts,) = duckdb.sql(
        "select count(*), count(distinct content_hash) "
        f"from read_parquet('{loader.folder}/landed/s/events/*.parquet')"
    ).fetchall()
    assert counts == (7, 4)


def test_a_very_wide_file(loader: Loader) -> None:
    """5,000 columns, two of which are known."""
    columns = [f"c{number}" for number in range(5000)]
    columns[77], columns[4321] = "id", "name"
    lines = [columns, *([f"v{number}"] * 5000 for number in range(20)), ["short"]]
    loader.put("events/1.csv", "\n".join(",".join(cells) for cells in lines))
    (row,) = loader.run()
    assert (row["status"], row["rows"], row["rejected"]) == ("loaded", 21, 1)
    assert loader.values("events", "1.csv") == [(f"v{n}", f"v{n}") for n in range(20)]
    assert len(row["added_columns"]) == 4998


@pytest.mark.parametrize(
    "bad",
    [
        b"7\n",
        b'7,"x,\n',
        pytest.param(b"7,\xff,\n", marks=pytest.mark.soak),
        pytest.param(b'7,"x"y,\n', marks=pytest.mark.soak),
    ],
)
def test_many_bad_lines(loader: Loader, bad: bytes) -> None:
    """100,000 of them cost seconds, and each is kept."""
    started = time.process_time()
    loader.put("events/1.csv", HEADER + (b"1,a,\n" + bad * 10) * 10_000)
    (row,) = loader.run()
    assert (row["rows"], row["rejected"], row["landed"]) == (110_000, 100_000, 10_000)
    assert [line for line, _ in loader.rejects("events", "1.csv")] == [
        line for line in range(2, 110_002) if line % 11 != 2
    ]
    assert time.process_time() - started < 20


def test_open_quotes_without_end_cost_little(loader: Loader) -> None:
    """Each unclosed quote looks ahead for its end: no further than the next one."""
    started = time.process_time()
    loader.put("events/1.csv", HEADER + (b'7,"x""y,\n' + b"1,a,\n" * 100) * 1000)
    (row,) = loader.run()
    assert (row["rejected"], row["landed"]) == (1000, 100_000)
    assert time.process_time() - started < 20


def test_an_unchanged_file_is_not_read_again(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Size and time tell; a file written anew is read even if copying gave it its old time."""
    paths = [loader.put("events/1.csv", GOOD), loader.put("people/d/1.csv", GOOD)]
    time.sleep(0.1)
    loader.run()
    asked: list[Path] = []
    file_hash = files.file_hash
    monkeypatch.setattr(files, "file_hash", lambda path: asked.append(path) or file_hash(path))
    assert loader.run() == [] and asked == []
    status = paths[0].stat()
    paths[0].write_bytes(GOOD.replace(b"a", b"A"))
    os.utime(paths[0], ns=(status.st_atime_ns, status.st_mtime_ns))
    assert [row["status"] for row in loader.run()] == ["loaded"]
    assert asked == paths[:1]


def test_a_ledger_of_an_older_version(loader: Loader) -> None:
    """Rows without a time: each file is hashed, and known by that."""
    loader.put("events/1.csv", GOOD)
    loader.run()
    loader.ledger = [{**row, "modified_ns": None} for row in loader.ledger]
    assert loader.run() == []


def test_a_file_just_written_is_not_trusted(loader: Loader) -> None:
    """Within a tick of the clock a second write would have the same time: it is hashed again."""
    loader.put("events/1.csv", GOOD)
    os.utime(loader.folder / "zone/s/events/1.csv", (time.time() + 9, time.time() + 9))
    (row,) = loader.run()
    assert row["modified_ns"] is None


def test_progress(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load that takes long shows each file, of how many, and its rows."""
    clock = iter(range(0, 1000, 5))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    for number in range(3):
        loader.put(f"events/{number}.csv", f"id,name\n{number},n\n")
    loader.run()
    assert loader.log == [
        f"landing s.events: file {number + 1} of 3, {number}.csv: 1 rows" for number in range(3)
    ]


def test_progress_of_one_file(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each beat shows for how long one file is read and what is written; then there is silence."""
    clock = itertools.count(0, 5)
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(progress, "BEAT", 0.001)
    read = reading.Reader.read

    def wait_for(line: int) -> str:
        deadline = time.time() + 20
        while len(loader.log) <= line and time.time() < deadline:
            time.sleep(0.001)
        return loader.log[line]

    def slow_read(self: reading.Reader, reading: reading.Reading) -> None:
        assert "0 MB, 5 s, 0 MB written so far" in wait_for(0)
        reading.goal.write_bytes(LONG)
        assert "3 MB written so far" in wait_for(len(loader.log) + 1)
        read(self, reading)

    monkeypatch.setattr(reading.Reader, "read", slow_read)
    monkeypatch.setattr(progress, "WATCHED_FILE", 1)
    loader.put("events/1.csv", GOOD)
    (row,) = loader.run()
    assert row["status"] == "loaded"
    assert all(line.startswith("landing s.events: file 1 of 1, 1.csv: ") for line in loader.log)
    shown = len(loader.log)
    time.sleep(0.02)
    assert len(loader.log) == shown

    # A small file has no watch.
    monkeypatch.setattr(progress, "WATCHED_FILE", 1 << 20)
    loader.log.clear()
    with progress.FileProgress(loader.log.append).watch("2.csv", 9):
        time.sleep(0.02)
    assert loader.log == []


@pytest.mark.parametrize(
    ("trailer", "records"),
    [
        ("Total records: 4", 4),
        ("TRL,20261120,4,100.00", 4),
        ("count,2", 2),
        ("Total rows: 1003", 1003),
        ("Record Count|0000004", 4),
    ],
)
def test_a_trailer_that_states_other_records(loader: Loader, trailer: str, records: int) -> None:
    """The rows load, a snapshot deletes nothing, and both feeds say why."""
    event, person = deliver_to_all(loader, GOOD + trailer.encode(), "2.csv")
    told = f"the trailer states {records:,} record{'s' * (records > 1)}, the file has 3; ask"
    for row in (event, person):
        assert (row["status"], row["rows"], row["rejected"]) == ("loaded", 3, 0)
        assert told in row["reason"]
    assert str(loader.held_back("2.csv")).startswith("its trailer states another number of records")
    assert not loader.deleted()


@pytest.mark.parametrize("trailer", ["Total: 100.00", "Totals,,4", "TRL", "EOF", "Total records 3"])
def test_a_trailer_that_denies_nothing(loader: Loader, trailer: str) -> None:
    """A snapshot deletes as if it were not there."""
    deliver_to_all(loader, GOOD + trailer.encode(), "2.csv")
    assert "4" in [row[0] for row in loader.deleted()]
