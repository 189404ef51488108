"""Random files with random faults: well-formed ones as an obvious reader reads them, and of the
others each physical line accounted for. Also order and memory at volume."""

from __future__ import annotations

import csv
import io
import random
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from test_landing import REGISTRY, Loader

from benefits_warehouse.landing.loader import load_feeds

LINE_END = re.compile(r"\r\n|\n|\r")
WORDS = ["", "a", "Ünïcode", "two words", " blank ", "x" * 30, "-", "0", "NULL", "日本", "a;b|c"]
QUOTED_WORDS = ['say "hi"', "a,b", "line\nbreak", "line\r\nbreak", '"', ",,,", 'a"\n"b', "o\nn\ne"]
FAULTS = ["ragged", "long", "bytes", "nul", "unclosed", "stray", "text", "blank", "cr", "garbage"]


@dataclass
class File:
    """A generated CSV, what a reader must find in it, and which rows no fault touched."""

    content: bytes
    rows: list[list[str]]
    faults: list[str] = field(default_factory=list)
    untouched: set[str] = field(default_factory=set)


def generate(random: random.Random, serial: int) -> File:
    """A CSV of up to 40 rows, half of them with up to three faults."""
    words = WORDS + QUOTED_WORDS * random.randint(0, 1)
    rows = [
        [f"{serial}-{number}", random.choice(words), random.choice(words)]
        for number in range(random.randint(0, 40))
    ]
    end = random.choice(["\n", "\n", "\r\n"])
    quoting = random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    records = []
    for row in rows:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator=end, quoting=quoting).writerow(row)
        records.append(text.getvalue().encode())
    count = random.choice([0, 0, 1, 2, 3]) if rows else 0
    faults = [random.choice(FAULTS) for _ in range(count)]
    touched = set()
    for fault in faults:
        place = random.randrange(len(records))
        records[place] = break_record(random, records[place], fault, end.encode())
        if fault != "blank":
            touched.add(place)
    content = b"id,name,last_updated" + end.encode() + b"".join(records)
    if random.random() < 0.3 and records:
        content = content.removesuffix(end.encode())
    untouched = {row[0] for place, row in enumerate(rows) if place not in touched}
    return File(content, rows, faults, untouched)


def break_record(random: random.Random, record: bytes, fault: str, end: bytes) -> bytes:
    """A record with a fault; its line end stays."""
    body = record.removesuffix(end)
    place = random.randrange(len(body) + 1)
    letter = {"bytes": b"\xe9", "nul": b"\0", "stray": b'"', "cr": b"\r"}
    if fault == "ragged":
        body = body.split(b",")[0]
    elif fault == "long":
        body += b",more"
    elif fault == "unclosed":
        body = body.replace(b",", b',"', 1)
    elif fault == "text":
        body = b'7,"a"b,c'
    elif fault == "blank":
        return random.choice([end, b"  " + end]) + record
    elif fault == "garbage":
        body = random.randbytes(20).replace(b"\n", b"")
    else:
        body = body[:place] + letter[fault] + body[place:]
    return body + end


def read_obviously(content: bytes) -> list[tuple[str | None, str | None]]:
    """id and name of the rows of a well-formed CSV."""
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return [(row[0] or None, row[1] or None) for row in rows][1:]


def lines_within(values: list[str | None]) -> tuple[int, int]:
    """Line breaks in values, and how many of the lines so made are blank."""
    pieces = [LINE_END.split(value or "") for value in values]
    breaks = sum(len(lines) - 1 for lines in pieces)
    return breaks, sum(not line.strip() for lines in pieces for line in lines[1:-1])


def check_accounted(file: File, rows: list[tuple[Any, ...]], rejected: list[int]) -> None:
    """Each physical line is the header, blank, part of a landed row, or rejected."""
    lines = file.content.splitlines()
    breaks, blanks_within = lines_within([value for row in rows for value in row])
    blank = sum(not line.strip() for line in lines)
    assert len(lines) == 1 + len(rows) + breaks + len(rejected) + blank - blanks_within
    assert len(set(rejected)) == len(rejected)
    assert all(1 < line <= len(lines) and lines[line - 1].strip() for line in rejected)
    assert file.untouched <= {row[0] for row in rows}


def by_file(sql: str) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of a query by its first column, the file."""
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for file, *values in duckdb.sql(sql).fetchall():
        rows[file].append(tuple(values))
    return rows


def check_files(loader: Loader, seed: int, count: int) -> None:
    """Generate files, load them in one run, and check each."""
    generator = random.Random(seed)
    files = {f"{number:03}.csv": generate(generator, number) for number in range(count)}
    for name, file in files.items():
        loader.put(f"events/{name}", file.content)
    ledger = {row["file"]: row for row in loader.run()}
    landed = by_file(
        "select source_file, id, name, last_updated "
        f"from read_parquet('{loader.folder}/landed/s/events/*.parquet', union_by_name = true, "
        "file_row_number = true) order by file_id, file_row_number"
    )
    rejects = by_file(
        f"select source_file, source_line from '{loader.folder}/landed/rejected_lines/*.parquet'"
    )
    assert list(ledger) == list(files)
    for name, file in files.items():
        row = ledger[name]
        about = f"seed {seed}, {name}: {file.content!r} {file.faults}"
        if row["status"] == "duplicate":  # two files of a header alone
            assert not file.rows
            continue
        assert row["status"] == "loaded", f"{about} {row['reason']}"
        assert row["rows"] == row["landed"] + row["rejected"], about
        assert (row["landed"], row["rejected"]) == (len(landed[name]), len(rejects[name])), about
        try:
            check_accounted(file, landed[name], [line for (line,) in rejects[name]])
        except AssertionError as error:
            raise AssertionError(about) from error
        if not file.faults:
            assert [row[:2] for row in landed[name]] == read_obviously(file.content), about
    assert loader.run() == []


@pytest.mark.parametrize("seed", range(2))
def test_random_files(tmp_path: Path, seed: int) -> None:
    """Some hundreds of files."""
    check_files(Loader(tmp_path), seed, 120)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 160))
def test_many_random_files(tmp_path: Path, seed: int) -> None:
    """Thousands of files."""
    check_files(Loader(tmp_path), seed, 150)


def load_volume(tmp_path: Path, rows: int, files: int, name: str = "name") -> None:
    """Load files of so many rows with two threads and little memory; check order and counts."""
    zone = tmp_path / "zone/s/events"
    zone.mkdir(parents=True)
    for number in range(files):
        duckdb.sql(
            f"copy (select {number} || '-' || i as id, {name} as name, 'x' as last_updated "
            f"from (select i, 'some name ' || i as name from range({rows}) t(i))) "
            f"to '{zone}/{number}.csv' (header)"
        )
    connection = duckdb.connect()
    connection.execute("set threads = 2; set memory_limit = '512MB'")
    connection.execute(f"set temp_directory = '{tmp_path}/tmp'")
    connection.execute("set preserve_insertion_order = false")
    settings = {
        "landing_zone": str(tmp_path / "zone"),
        "folder": str(tmp_path / "landed"),
        "run_id": "run",
        "max_snapshot_shrink_pct": 50,
        "feed_modes": {},
    }
    ledger = load_feeds(connection, REGISTRY, [], [], settings, {})
    assert [(row["rows"], row["rejected"]) for row in ledger] == [(rows, 0)] * files
    ((count, wrong),) = connection.execute(
        "select count(*), count(*) filter (where id <> source_file[:-5] || '-' || file_row_number) "
        f"from read_parquet('{tmp_path}/landed/s/events/*.parquet', union_by_name = true, "
        "file_row_number = true)"
    ).fetchall()
    assert (count, wrong) == (rows * files, 0)
    assert not connection.execute("select current_setting('preserve_insertion_order')").fetchone()[
        0
    ]


@pytest.mark.parametrize("name", ["name", "name || chr(10) || 'b'"], ids=["plain", "sorted"])
def test_order_at_volume(tmp_path: Path, name: str) -> None:
    """A row's place in Parquet is its place in the file, however many threads read it."""
    load_volume(tmp_path, 400_000 if name == "name" else 50_000, 1, name)


@pytest.mark.soak
@pytest.mark.parametrize("name", ["name", "name || chr(10) || 'b'"], ids=["plain", "sorted"])
def test_order_at_more_volume(tmp_path: Path, name: str) -> None:
    """The same for millions of rows in several files."""
    load_volume(tmp_path, 3_000_000 if name == "name" else 1_200_000, 2, name)
