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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

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


class FileState(NamedTuple):
    """What tells, without reading a file, that it is as it was.

    Args:
        size: bytes; None where it is not known.
        modified_ns: when it was last written or replaced, in nanoseconds since 1970; None for a
            seed, and where it is not known.
    """

    size: int | None = None
    modified_ns: int | None = None


NOT_KNOWN = FileState()


@dataclass
class File:
    """A delivered file, or a seed.

    Args:
        name: path relative to the folder of the feed; the path in the project for a seed.
        path: where the file is; None for a seed.
        relation: a SQL subquery of the rows of a seed; None for a file.
        state: its state when it was looked at last.
        content_hash: SHA-256, hexadecimal; empty until the file is identified, and for one that
            can't be read now.
        is_settled: False while a later write could leave the same state.
    """

    name: str
    path: Path | None = None
    relation: str | None = None
    state: FileState = NOT_KNOWN
    content_hash: str = ""
    is_settled: bool = True

    @property
    def size(self) -> int | None:
        """Bytes; None where that is not known."""
        return self.state.size

    @property
    def modified_ns(self) -> int | None:
        """When it was last written, as in FileState; None where that can't be trusted."""
        return self.state.modified_ns if self.is_settled else None

    @property
    def is_parquet(self) -> bool:
        """True for a Parquet file, by its name."""
        return self.name.lower().endswith(".parquet")

    @property
    def is_packed(self) -> bool:
        """True for a gzipped file, by its name."""
        return self.name.lower().endswith(".gz")

    def forget_identity(self) -> None:
        """Let the next run look at the file again, whatever its state is then."""
        self.content_hash, self.is_settled = "", False


@dataclass(frozen=True)
class Header:
    """What a file begins with.

    Args:
        names: the delivered names of its columns.
        line: number of the last line of the header.
        below: the rows that follow, each with the number of its last line.
    """

    names: Sequence[str] = ()
    line: int = 1
    below: Sequence[tuple[int, list[str]]] = ()


@dataclass
class Columns:
    """How a header fits the contract.

    Args:
        positions: column of the contract to its position in the file, from 0.
        added: delivered names that the contract does not know.
        missing: columns of the contract that the file lacks.
    """

    positions: dict[str, int] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """What became of a file.

    Args:
        status: ``loaded``, ``duplicate`` or ``refused``.
        reason: why, or what is special about it; None where there is nothing to say.
        rows: records in the file, malformed lines included.
        rejected: malformed lines.
        landed: rows that were landed.
        erased: rows of forgotten persons, which keep their place and nothing else.
    """

    status: str = "loaded"
    reason: str | None = None
    rows: int = 0
    rejected: int = 0
    landed: int = 0
    erased: int = 0

    @property
    def is_loaded(self) -> bool:
        """True unless the file was refused or is a duplicate."""
        return self.status == "loaded"

    @property
    def is_refused(self) -> bool:
        """True for a file of which nothing is landed, for a reason that it gives."""
        return self.status == "refused"

    def refuse(self, reason: str) -> None:
        """Refuse the file, with the reason and the remedy."""
        self.status, self.reason = "refused", reason

    def add_reason(self, reason: str) -> None:
        """Put a reason before those that are there."""
        self.reason = f"{reason}; {self.reason}" if self.reason else reason


@dataclass
class Part:
    """One file of a delivery on its way: what it is, what it begins with, what became of it.

    Args:
        file: the file or seed.
        file_id: its number in the ledger, once it has one.
        header: what it begins with; a seed brings it along.
        columns: how that fits the contract.
        outcome: what became of it so far.
    """

    file: File
    file_id: int = 0
    header: Header = Header()
    columns: Columns = field(default_factory=Columns)
    outcome: Outcome = field(default_factory=Outcome)

    def refuse_for_now(self, reason: str) -> None:
        """Refuse the file in this run only: without a hash the next run looks at it again."""
        self.outcome.refuse(f"{NOT_NOW}: {reason}; the next run tries again")
        self.file.forget_identity()


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
    """The refused part that stands for a folder whose files can't be listed.

    Args:
        folder: folder of the feed.
        path: the folder that can't be listed.
        error: what the system says of it.
    """
    part = Part(File(shown_name(folder, path), path))
    part.refuse_for_now(f"the folder can't be listed ({error.strerror}); give the loader access")
    return part


def make_part(folder: Path, path: Path) -> Part:
    """A file as a part; one that can't even be looked at is refused."""
    part = Part(File(shown_name(folder, path), path))
    try:
        part.file.state = file_state(path)
    except OSError as error:
        part.refuse_for_now(f"{error.strerror}; give the loader access to it")
    return part


def file_state(path: Path) -> FileState:
    """Size, and the time of the last write or replacement (copying tools can fake the former).

    Raises:
        OSError: the file is gone, or can't be looked at.
    """
    status = path.stat()
    return FileState(status.st_size, max(status.st_mtime_ns, status.st_ctime_ns))


def identify(part: Part) -> None:
    """Hash the content of a part; refuse it for now when that fails."""
    file = part.file
    assert file.path is not None
    try:
        file.state = file_state(file.path)
        file.content_hash = file_hash(file.path)
    except OSError as error:
        part.refuse_for_now(f"{error.strerror}; give the loader access to it")
        return
    # A clock that ticks coarsely gives a file that is written again at once the same time.
    written = file.state.modified_ns or 0
    tick = 2_000_000_000 if written % 1_000_000_000 == 0 else 50_000_000
    file.is_settled = time.time_ns() - written >= tick


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, streamed; hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def open_bytes(file: File) -> BinaryIO:
    """The bytes of a file, unpacked.

    Raises:
        OSError: it can't be opened.
    """
    assert file.path is not None
    opener: Any = gzip.open if file.is_packed else open
    opened: BinaryIO = opener(file.path, "rb")
    return opened


def explain(error: Exception) -> str:
    """Why reading failed, without any text of the file."""
    if isinstance(error, (gzip.BadGzipFile, EOFError, zlib.error)):
        return "the gzip data is damaged, cut short, or not gzip at all"
    return type(error).__name__


def read_header(file: File) -> Header:
    """What a CSV begins with, from its first bytes.

    Raises:
        RefusedError: empty, undecodable, or not what its name says.
        OSError: the file can't be read.
    """
    try:
        with open_bytes(file) as opened:
            start = opened.read(BLOCK)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        if file.size == 0:
            raise RefusedError("the file is empty: not even a header line") from error
        raise RefusedError(f"{UNREADABLE}: {explain(error)}; deliver it again") from error
    for magic, name in MAGIC.items():
        if start.startswith(magic):
            raise RefusedError(f"{UNREADABLE}: its content is {name}")
    rows = head_rows(start)
    if not rows:
        raise RefusedError("the file is empty: not even a header line")
    line, names = rows[0]
    cells = "".join(names)
    if "\0" in cells:
        raise RefusedError(f"{UNREADABLE}: line 1 holds NUL bytes (UTF-16?); deliver CSV as UTF-8")
    if any("\udc80" <= letter <= "\udcff" for letter in cells):
        raise RefusedError(f"{UNREADABLE}: the header in line 1 is not UTF-8; deliver UTF-8")
    return Header(names, line, rows[1:])


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


def survey(file: File) -> Survey:
    """One pass over a CSV: can the engine read it as it is, and how many lines must there be?

    Raises:
        OSError, EOFError, zlib.error: the file can't be read, or its gzip data is damaged (the
            engine takes a truncated one for a shorter file).
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    newlines, returns, pairs, quotes = 0, 0, 0, 0
    last = b""
    with open_bytes(file) as opened:
        while block := opened.read(BLOCK):
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
    """True while the bytes are UTF-8; the decoder holds a letter that two blocks share.

    Args:
        decoder: of UTF-8, fed with all bytes before these.
        block: the next bytes of the file.
    """
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
