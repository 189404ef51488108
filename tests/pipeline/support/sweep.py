"""Searches everything outside the restricted files for canaries, in every form they could leak in.

Forms: as text in any case, reversed, in base64 at each of the three alignments and as hex (of the
word as it is, lower and upper); and unkeyed digests (md5, sha1, sha256 and DuckDB's own hash) of
word and whole value, as text and as raw bytes. A keyed token is none of these.

A database is searched twice, since its blocks may be compressed and its cells can't show what was
deleted: as raw bytes, and cell by cell. So is a Parquet file, with its footer.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
from canaries import Canary

Hits = Counter[tuple[str, str]]  # (group of the canary, form) -> places in the data
RESTRICTED = re.compile(r"warehouse/restricted(\.|/|$)")
LENGTHS = (8, 16, 20, 32)  # bytes of a DuckDB hash, md5, sha1, sha256


def spellings(text: str) -> set[str]:
    """A text as it is, and as cleaning or a careless hash would spell it."""
    return {text, text.lower(), text.upper(), text.strip(), text.strip().lower()}


def base64_pieces(text: str) -> set[bytes]:
    """What base64 makes of a text wherever it stands: the letters that its neighbours leave."""
    pieces = set()
    for before in range(3):
        data = b"\0" * before + text.encode()
        whole = len(data) // 3 * 4  # the last, incomplete group depends on what follows
        pieces.add(base64.b64encode(data)[-(-before * 4 // 3) : whole])
    return pieces


class Needles:
    """The canaries in all their forms.

    Args:
        canaries: what to look for; all words begin with the same stem.
        stem: that beginning. Text forms are found by it, and told apart by the rest.
    """

    def __init__(self, canaries: Sequence[Canary], stem: str) -> None:
        self.groups = {canary.word.lower(): canary.group for canary in canaries}
        rest = max(len(word) for word in self.groups) - len(stem)
        marker = stem.lower().encode()
        self.text = re.compile(re.escape(marker) + rb"[a-z]{0,%d}" % rest)
        self.rest, self.reversed = rest, re.compile(re.escape(marker[::-1]))
        # These find the stem only, and don't tell whose it is.
        self.encoded = {
            form: {piece for text in (stem, stem.lower(), stem.upper()) for piece in pieces(text)}
            for form, pieces in (
                ("base64", base64_pieces),
                ("hex", lambda text: {text.encode().hex().encode()}),
            )
        }
        self.digests: dict[bytes, tuple[str, str]] = {}
        for canary in canaries:
            for text in spellings(canary.word) | spellings(canary.value):
                for name in ("md5", "sha1", "sha256"):
                    digest = hashlib.new(name, text.encode()).digest()
                    self.digests[digest] = (canary.group, name)
        texts = {text: c.group for c in canaries for text in spellings(c.word) | spellings(c.value)}
        hashes = duckdb.execute(
            "select text, hash(text) from (select unnest($1::varchar[]) as text)", [list(texts)]
        ).fetchall()
        self.numbers = {str(number).encode(): texts[text] for text, number in hashes}
        for text, number in hashes:
            self.digests[number.to_bytes(8, "little")] = (texts[text], "duckdb hash")
        self.first, self.second = (np.zeros(1 << 16, bool) for _ in range(2))
        for digest in self.digests:
            self.first[int.from_bytes(digest[:2], "big")] = True
            self.second[int.from_bytes(digest[2:4], "big")] = True
        self._known: dict[bytes, Hits] = {}

    def search(self, data: bytes) -> Hits:
        """What is found in the data; equal data is searched once."""
        key = hashlib.sha256(data).digest()
        if key not in self._known:
            self._known[key] = self._search(data)
        return self._known[key]

    def _search(self, data: bytes) -> Hits:
        hits: Hits = Counter()
        lower = data.lower()
        for found in self.text.findall(lower):
            hits[self.group_of(found), "text"] += 1
        for found in self.reversed.finditer(lower):
            word = lower[max(0, found.start() - self.rest) : found.end()][::-1]
            hits[self.group_of(word), "reversed"] += 1
        for form, pieces in self.encoded.items():
            searched = lower if form == "hex" else data
            for piece in pieces:
                if count := searched.count(piece):
                    hits["any", form] += count
        # A longer run is a value made to be long, not a digest among others.
        for digits in {run for run in re.findall(rb"[0-9a-f]{32,}", lower) if len(run) < 2000}:
            for length in (32, 40, 64):
                for start in range(len(digits) - length + 1):
                    digest = bytes.fromhex(digits[start : start + length].decode())
                    if digest in self.digests:
                        hits[self.digests[digest][0], f"{self.digests[digest][1]} as hex"] += 1
        for digits in re.findall(rb"[0-9]{12,20}", data):
            if digits in self.numbers:
                hits[self.numbers[digits], "duckdb hash as text"] += 1
        for group, name in self.raw_digests(data):
            hits[group, f"{name} as bytes"] += 1
        return hits

    def group_of(self, word: bytes) -> str:
        return self.groups.get(word.decode(errors="replace"), "any")

    def raw_digests(self, data: bytes) -> Iterator[tuple[str, str]]:
        """Digests as bytes: the first four of each are compared at every position at once."""
        octets = np.frombuffer(data, np.uint8).astype(np.uint16)
        pairs = octets[:-1] << 8 | octets[1:]
        places = np.flatnonzero(self.first[pairs[:-2]] & self.second[pairs[2:]])
        for place in places.tolist():
            for length in LENGTHS:
                if (digest := data[place : place + length]) in self.digests:
                    yield self.digests[digest]


def cells_of(path: Path) -> bytes:
    """All names, comments and distinct cells of a database, its WAL included, or of a Parquet file.

    Read from a copy in a folder of its own, since another process may hold the file, and opening
    it would write.
    """
    texts: list[str] = []

    def take(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
        texts.extend(str(cell) for row in connection.execute(sql).fetchall() for cell in row)

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(path, folder))
        if (wal := path.with_name(path.name + ".wal")).exists():
            shutil.copy(wal, folder)
        if path.suffix == ".parquet":
            connection = duckdb.connect()
            relations = {f"read_parquet('{copy}')": None}
            for function in ("parquet_metadata", "parquet_kv_metadata", "parquet_schema"):
                take(connection, f"select * from {function}('{copy}')")
        else:
            connection = duckdb.connect(str(copy))
            take(connection, "select table_name, comment, sql from duckdb_tables()")
            take(connection, "select view_name, comment, sql from duckdb_views()")
            relations = {
                f'"{schema}"."{table}"': None
                for schema, table in connection.execute(
                    "select schema_name, table_name from duckdb_tables() where not internal"
                ).fetchall()
            }
        for relation in relations:
            described = connection.execute(f"describe select * from {relation}").fetchall()
            cells = ", ".join(f'"{column}"::varchar' for column, *_ in described)
            take(connection, f"select distinct unnest([{cells}]) from {relation}")
        connection.close()
    return "\n".join(texts).encode()


def place_of(path: str) -> str:
    """The kind of place that a file below the swept folder is, for the table."""
    for pattern, place in (
        (r"target/compiled/", "target: compiled"),
        (r"target/run/", "target: run"),
        (r"target/", "target: the rest"),
        (r"logs/", "logs"),
        (r"outputs/", "exports"),
        (r"tmp/", "temp folder"),
        (r"messages", "alerts"),
        (r"warehouse/\.?analytics", "analytics.duckdb"),
        (r"warehouse/\.build/", "working copy, WAL"),
    ):
        if re.match(pattern, path):
            return place
    return "elsewhere"


def everything(folder: Path, inputs: Iterable[str]) -> Iterator[tuple[str, str, Callable]]:
    """(place, name, function that reads it) of all that lies below a folder.

    Args:
        folder: what a warehouse, its project and its runs have written to.
        inputs: paths below it that hold what was delivered, and are not searched; neither are the
            restricted files.
    """
    for root, _, names in os.walk(folder):
        for path in (Path(root, name) for name in sorted(names)):
            name = path.relative_to(folder).as_posix()
            if any(name == given or name.startswith(f"{given}/") for given in inputs):
                continue
            if RESTRICTED.match(name):
                continue
            yield place_of(name), name, path.read_bytes
            if path.suffix in (".duckdb", ".parquet"):
                yield f"{place_of(name)}, cells", name, lambda path=path: cells_of(path)


@dataclass
class Sweep:
    """Sweeps after one scenario or several, and the table of what they found.

    Args:
        needles: what to look for.
        inputs: see `everything`.
    """

    needles: Needles
    inputs: tuple[str, ...]
    searched: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    hits: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    found: list[str] = field(default_factory=list)

    def sweep(self, scenario: str, folder: Path, console: str = "", places: str = "") -> list[str]:
        """Search all below a folder and the console output; the hits, each with its place.

        Args:
            scenario: name for the table.
            folder: where to look.
            console: what was printed.
            places: regular expression of the places that are searched, all by default.
        """
        before = len(self.found)
        sources = [("console", "console", console.encode), *everything(folder, self.inputs)]
        for place, name, read in sources:
            if not re.match(places, place):
                continue
            data = read()
            count = self.searched.setdefault((scenario, place), [0, 0])
            count[0] += 1
            count[1] += len(data)
            for (group, form), times in self.needles.search(data).items():
                self.hits[scenario, place, group] += times
                self.found.append(f"{scenario}: {group} as {form} in {place} ({name}), {times} x")
        return self.found[before:]

    def table(self) -> str:
        """Canaries by place and scenario: hits, and how much was searched."""
        groups = [*dict.fromkeys(self.needles.groups.values())]
        lines = []
        for scenario in dict.fromkeys(scenario for scenario, _ in self.searched):
            lines.append(f"\n{scenario}")
            short = [re.sub(r"_\w+\.employees|\.employees", "", group) for group in groups]
            lines.append(f"  {'place':26}{'files':>6}{'MB':>8}  " + "  ".join(short) + "  any")
            for (of, place), (files, size) in self.searched.items():
                if of == scenario:
                    cells = [
                        f"{self.hits.get((scenario, place, group), 0):>{len(name)}}"
                        for group, name in zip([*groups, "any"], [*short, "any"], strict=True)
                    ]
                    lines.append(f"  {place:26}{files:>6}{size / 1e6:>8.2f}  " + "  ".join(cells))
        lines.append(
            f"\n{len(self.needles.groups)} canaries in {len(groups)} columns, "
            f"{len(self.needles.digests):,} digests; "
            f"{sum(count[0] for count in self.searched.values()):,} files, cells and consoles, "
            f"{sum(self.hits.values()):,} hits"
        )
        return "\n".join(lines)
