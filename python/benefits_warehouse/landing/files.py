"""Files of the landing zone: finding them, knowing them again, and looking at them before a load.

Nothing here raises for what a file is like, except RefusedError with words for the person who
delivered it. Files are streamed: none is ever held in memory as a whole.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import os
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

SUFFIXES = (".csv", ".csv.gz", ".parquet")
BLOCK = 1 << 20
HEAD_ROWS = 20  # how far down a header is looked for when line 1 is none
# What a file's content has wrong stays wrong until it is delivered anew; the rest may pass.
UNREADABLE = "the file can't be read"
NOT_NOW = "the file could not be read this time"
# How a file begins that is not what its name says.
MAGIC = {
    b"\x1f\x8b": "gzip; name it .csv.gz",
    b"PAR1": "Parquet; name it .parquet",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook; deliver CSV as UTF-8",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; deliver CSV as UTF-8",
    codecs.BOM_UTF16_LE: "UTF-16; deliver CSV as UTF-8",
    codecs.BOM_UTF16_BE: "UTF-16; deliver CSV as UTF-8",
}
GLOB_MARKS = frozenset("*?[]{}\\")


class RefusedError(Exception):
    """A file that can't be landed; the message says why and what to do."""


@dataclass
class Part:
    """One file (or seed) of a delivery, and what became of it.

    `content_hash` is empty until the file is identified, and for one that can't be read now.
    `seen` is its size and time when it was identified, and `modified_ns` that time, unless a later
    write could have the same.
    """

    file: str
    size: int | None = None
    modified_ns: int | None = None
    content_hash: str = ""
    path: Path | None = None
    seen: tuple[int, int] | None = None
    relation: str | None = None
    file_id: int = 0
    status: str = "loaded"
    reason: str | None = None
    rows: int = 0
    rejected: int = 0
    landed: int = 0
    erased: int = 0
    header: list[str] = field(default_factory=list)
    header_line: int = 1
    head: list[tuple[int, list[str]]] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        """Mark the part as refused, with the reason and the remedy."""
        self.status, self.reason = "refused", reason

    def refuse_for_now(self, reason: str) -> None:
        """Refuse the part in this run only: without a hash the next run looks at it again."""
        self.refuse(f"{NOT_NOW}: {reason}; the next run tries again")
        self.content_hash, self.modified_ns = "", None

    @property
    def is_parquet(self) -> bool:
        """True for a Parquet file, by its name."""
        return self.file.lower().endswith(".parquet")

    @property
    def is_packed(self) -> bool:
        """True for a gzipped file, by its name."""
        return self.file.lower().endswith(".gz")


@dataclass
class Delivery:
    """The files that arrived together under one name."""

    name: str
    parts: list[Part]


@dataclass(frozen=True)
class Survey:
    """What one pass over the bytes of a CSV says.

    Args:
        is_plain: nothing that the engine could misread: UTF-8, no NUL, no lone CR, and no line
            break within quotes.
        lines: physical lines, the header included; only counted while the file is plain.
    """

    is_plain: bool
    lines: int = 0


def find_deliveries(folder: Path, log: Callable[[str], None] = print) -> list[Delivery]:
    """Deliveries of one feed folder in the order of their names; no file is opened.

    Args:
        folder: ``<zone>/<source>/<feed>``; an absent folder delivers nothing.
        log: told about files that are no deliveries.

    Returns:
        One delivery per file, one per subfolder (its files are the parts).
    """
    deliveries: list[Delivery] = []
    ignored = []
    try:
        entries = sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name))
        folders = {entry for entry in entries if entry.is_dir()}
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        return [Delivery(".", [unlistable(folder, folder, error)])]
    for entry in entries:
        name = shown_name(folder, entry)
        if entry.name.startswith((".", "_")):
            continue
        if entry in folders:
            parts = list(parts_in(folder, entry))
            deliveries += [Delivery(name, parts)] * bool(parts)
        elif entry.name.lower().endswith(SUFFIXES):
            deliveries.append(Delivery(name, [make_part(folder, entry)]))
        else:
            ignored.append(name)
    if ignored:
        log(
            f"{folder.parent.name}.{folder.name}: {len(ignored)} files are not taken, since they "
            f"are not {', '.join(SUFFIXES)}: {', '.join(ignored[:3])}{' …' * (len(ignored) > 3)}"
        )
    return deliveries


def parts_in(folder: Path, entry: Path) -> Iterator[Part]:
    """The files of a subfolder, nested ones too; hidden and temporary ones are left out."""
    failed: list[OSError] = []
    paths = []
    for parent, folders, names in os.walk(entry, onerror=failed.append):
        # Links to folders are not followed by os.walk, so that a loop of them ends.
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        paths += [
            Path(parent, name)
            for name in names
            if not name.startswith((".", "_")) and name.lower().endswith(SUFFIXES)
        ]
    yield from (unlistable(folder, Path(error.filename), error) for error in failed)
    yield from (make_part(folder, path) for path in sorted(paths, key=os.fsencode))


def shown_name(folder: Path, path: Path) -> str:
    """A path relative to its feed folder as text that any database takes."""
    return os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "backslashreplace")


def unlistable(folder: Path, path: Path, error: OSError) -> Part:
    """The refused part that stands for a folder whose files can't be listed."""
    part = Part(file=shown_name(folder, path), path=path)
    part.refuse_for_now(f"the folder can't be listed ({error.strerror}); give the loader access")
    return part


def make_part(folder: Path, path: Path) -> Part:
    """A file as a part; one that can't even be looked at is refused."""
    part = Part(file=shown_name(folder, path), path=path)
    try:
        part.size, part.modified_ns = part.seen = stamp(path)
    except OSError as error:
        part.refuse_for_now(f"{error.strerror}; give the loader access to it")
    return part


def stamp(path: Path) -> tuple[int, int]:
    """Size, and the time of the last write or replacement (copying tools can fake the former)."""
    status = path.stat()
    return status.st_size, max(status.st_mtime_ns, status.st_ctime_ns)


def identify(part: Part) -> None:
    """Hash the content of a part; refuse it for now when that fails."""
    assert part.path is not None
    try:
        part.size, part.modified_ns = part.seen = stamp(part.path)
        part.content_hash = file_hash(part.path)
    except OSError as error:
        part.refuse_for_now(f"{error.strerror}; give the loader access to it")
        return
    # A clock that ticks coarsely gives a file that is written again at once the same time.
    tick = 2_000_000_000 if part.modified_ns % 1_000_000_000 == 0 else 50_000_000
    if time.time_ns() - part.modified_ns < tick:
        part.modified_ns = None


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, streamed; hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def open_bytes(part: Part) -> BinaryIO:
    """The bytes of a part, unpacked."""
    opener: Any = gzip.open if part.is_packed else open
    return opener(part.path, "rb")


def explain(error: Exception) -> str:
    """Why reading failed, without any text of the file."""
    if isinstance(error, (gzip.BadGzipFile, EOFError, zlib.error)):
        return "the gzip data is damaged, cut short, or not gzip at all"
    return type(error).__name__


def read_head(part: Part) -> None:
    """Fill `header`, `header_line` and `head` of a CSV part from its first bytes.

    Raises:
        RefusedError: empty, undecodable, or not what its name says.
    """
    try:
        with open_bytes(part) as file:
            start = file.read(BLOCK)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        if part.size == 0:
            raise RefusedError("the file is empty: not even a header line") from error
        raise RefusedError(f"{UNREADABLE}: {explain(error)}; deliver it again") from error
    for magic, name in MAGIC.items():
        if start.startswith(magic):
            raise RefusedError(f"{UNREADABLE}: its content is {name}")
    rows = head_rows(start)
    if not rows:
        raise RefusedError("the file is empty: not even a header line")
    part.head = rows
    part.header_line, part.header = rows[0]
    cells = "".join(part.header)
    if "\0" in cells:
        raise RefusedError(f"{UNREADABLE}: line 1 holds NUL bytes (UTF-16?); deliver CSV as UTF-8")
    if any("\udc80" <= letter <= "\udcff" for letter in cells):
        raise RefusedError(f"{UNREADABLE}: the header in line 1 is not UTF-8; deliver UTF-8")


def head_rows(start: bytes) -> list[tuple[int, list[str]]]:
    """The first rows that are not blank, each with the number of its last line.

    Raises:
        RefusedError: there is no end to the first line.
    """
    text = start.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
            if len(rows) == HEAD_ROWS:
                break
    except csv.Error as error:
        if not rows:
            raise RefusedError(
                f"{UNREADABLE}: line 1 is not a header (a cell never ends); deliver a header"
            ) from error
    return rows


def survey(part: Part) -> Survey:
    """One pass over a CSV: can the engine read it as it is, and how many lines must there be?

    Raises:
        OSError, EOFError, zlib.error: the file can't be read, or its gzip data is damaged (the
            engine takes a truncated one for a shorter file).
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    newlines, returns, pairs, quotes = 0, 0, 0, 0
    last = b""
    with open_bytes(part) as file:
        while block := file.read(BLOCK):
            newlines += block.count(b"\n")
            pairs += last == b"\r" and block[:1] == b"\n"
            if b"\r" in block:
                returns += block.count(b"\r")
                pairs += block.count(b"\r\n")
            last = block[-1:]
            if b"\0" in block or not is_text(decoder, block):
                return Survey(is_plain=False)
            if b'"' in block or quotes % 2:
                found, has_break = quoted_breaks(block, quotes % 2)
                quotes += found
                if has_break:
                    return Survey(is_plain=False)
    is_plain = returns == pairs and not quotes % 2 and not decoder.getstate()[0]
    return Survey(is_plain, newlines + (last not in (b"", b"\n")))


def is_text(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    """True while the bytes are UTF-8; the decoder holds a letter that two blocks share."""
    if block.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def quoted_breaks(block: bytes, is_open: int) -> tuple[int, bool]:
    """The number of quotes in a block, and whether a line break lies within a pair of them.

    Args:
        block: bytes of the file.
        is_open: 1 when the block begins within quotes.
    """
    letters = np.frombuffer(block, np.uint8)
    marks = np.flatnonzero(letters == ord('"'))
    breaks = np.flatnonzero(letters == ord("\n"))
    marks_before = np.searchsorted(marks, breaks) + is_open
    return len(marks), bool(np.any(marks_before & 1))
