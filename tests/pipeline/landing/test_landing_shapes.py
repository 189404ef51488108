"""One set of rows in random shapes: kind, delimiter, encoding, header, titles, trailers.

Whatever the shape, the same rows land, and nothing is rejected."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import tempfile
from pathlib import Path

import duckdb
import pytest
from test_landing import Loader
from test_landing_kinds import archive, workbook

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
TRAILERS = [["Total records", "", str(len(ROWS))], ["TRL"], ["EOF"], ["totals", "", "7.00"]]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]


def shaped(random: random.Random) -> tuple[str, bytes]:
    """Ending and content of a file of these rows."""
    order = random.sample(range(3), 3)
    header = random.choice(HEADERS)
    ordered = [[row[place] for place in order] for row in [header, *ROWS]]
    titles = random.sample(TITLES, random.randint(0, 3))
    # A trailer says its word in the first cell, so the key must be there to be known as none.
    trailers = random.sample(TRAILERS, random.randint(0, 2)) if order[0] == 0 else []
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
        connection.executemany("insert into people values (?, ?, ?)", rows[1:])
        path = Path(folder) / "people.parquet"
        connection.table("people").write_parquet(str(path))
        return path.read_bytes()


def check_shapes(loader: Loader, seed: int, count: int) -> None:
    """Deliver the rows in many shapes, each as a delivery, and compare."""
    generator = random.Random(seed)
    for number in range(count):
        kind, content = shaped(generator)
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
