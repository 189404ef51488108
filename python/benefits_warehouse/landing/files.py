"""Files of the landing zone: finding them, knowing them again, and looking at them before a load.

Nothing here raises for what a file is like, except RefusedError with words for the person who
delivered it. Files are streamed: none is ever held in memory as a whole.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import gzip
import hashlib
import io
import os
import re
import shutil
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np

TEXTS = (".csv", ".txt", ".tsv", ".dat", ".psv")
# What a file is, by the ending of its name.
KINDS = {
    **dict.fromkeys((*TEXTS, *(f"{ending}.gz" for ending in TEXTS)), "text"),
    ".xlsx": "workbook",
    ".json": "json",
    ".ndjson": "json",
    ".jsonl": "json",
    ".parquet": "parquet",
    ".zip": "zip",
}
READABLE = f"{', '.join(TEXTS)} (or .gz of these), .xlsx, .json, .ndjson, .parquet and .zip"
BLOCK = 1 << 20
MOST_BYTES = 20_000_000_000  # as max_unpacked_mb is by default
TAIL = 1 << 16  # bytes at the end of a file in which trailer lines are looked for
# What a file's content has wrong stays wrong until it is delivered anew; the rest may pass.
UNREADABLE = "the file can't be read"
NOT_NOW = "the file could not be read this time"
# What is raised where the bytes of a file are damaged.
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError)
NO_FILE = "it is no regular file, but a link, a folder, a pipe or a device"
GLOB_MARKS = frozenset("*?[]{}\\")
SENDER = re.compile("sender=(.+)")


class RefusedError(Exception):
    """A file that can't be landed; the message says why and what to do."""


class NotAFileError(OSError):
    """A path that is no regular file, or that leads out of the landing zone."""


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
        member: its name in the ZIP archive at the path; None for a file of its own.
        told: its name as it may be shown, see privacy.names.
        most_bytes: what it may unpack to, where it is packed (var max_unpacked_mb).
    """

    name: str
    path: Path | None = None
    relation: str | None = None
    state: FileState = NOT_KNOWN
    content_hash: str = ""
    is_settled: bool = True
    member: str | None = None
    told: str = ""
    most_bytes: int = MOST_BYTES

    @property
    def size(self) -> int | None:
        """Bytes; None where that is not known."""
        return self.state.size

    @property
    def modified_ns(self) -> int | None:
        """When it was last written, as in FileState; None where that can't be trusted."""
        return self.state.modified_ns if self.is_settled else None

    @property
    def kind(self) -> str:
        """What the file is, by its name: a value of KINDS, or '' for what can't be read."""
        return kind_of(self.name)

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
        titles: lines above the header that are not blank.
        delimiter: what is between two cells.
        encoding: of the text.
        sheet: name of the sheet of a workbook.
    """

    names: Sequence[str] = ()
    line: int = 1
    titles: int = 0
    delimiter: str = ","
    encoding: str = "utf-8"
    sheet: str | None = None


@dataclass
class Columns:
    """How a header fits the contract.

    Args:
        positions: column of the contract to its position in the file, from 0.
        added: delivered names that the contract does not know.
        missing: columns of the contract that the file lacks.
        last_added: position of the last delivered name that the contract does not know.
        held: cells of the longest record; None where each has all.
        month_first: columns in which a value is a day only with the month first.
        day_first: columns in which a value is a day only with the day first.
    """

    positions: dict[str, int] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    last_added: int = -1
    held: int | None = None
    month_first: list[str] = field(default_factory=list)
    day_first: list[str] = field(default_factory=list)

    @property
    def is_doubtful(self) -> bool:
        """True where no record reaches a name that was added: line ends may have got lost."""
        return self.held is not None and self.held <= self.last_added


def count_of(number: int, what: str) -> str:
    """A number with its word: 1 title line, 2 title lines.

    Args:
        number: how many.
        what: of what, one of them.
    """
    return f"{number:,} {what}{'s' * (number != 1)}"


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
        is_doubted: its trailer states another number of records than it has.
        repeats: file_id of the loaded file whose content it repeats.
    """

    status: str = "loaded"
    reason: str | None = None
    rows: int = 0
    rejected: int = 0
    landed: int = 0
    erased: int = 0
    is_doubted: bool = False
    repeats: int | None = None

    @property
    def is_loaded(self) -> bool:
        """True unless the file was refused or is a duplicate."""
        return self.status == "loaded"

    @property
    def is_refused(self) -> bool:
        """True for a file of which nothing is landed, for a reason that it gives."""
        return self.status == "refused"

    def repeat(self, name: str, file_id: int | None) -> None:
        """Let the file be a repeat of a loaded one.

        Args:
            name: of that file.
            file_id: of that file; None where it is in the same delivery.
        """
        self.status, self.reason, self.repeats = "duplicate", f"same content as {name}", file_id

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
    """The files that arrived together under one name.

    Args:
        name: the file, the subfolder that held the parts, or the seed.
        parts: the files.
        sender: the sender, '' where a feed has one only.
    """

    name: str
    parts: list[Part]
    sender: str = ""

    @property
    def arrived(self) -> list[Part]:
        """The parts that count: loaded, or repeats of what is."""
        return [part for part in self.parts if not part.outcome.is_refused]

    @property
    def number(self) -> int:
        """delivery_id: file_id of the first part that counts."""
        return self.arrived[0].file_id


@dataclass(frozen=True)
class Survey:
    """What one pass over the bytes of a text says.

    Args:
        is_plain: nothing that the engine could misread: UTF-8, no NUL, no lone CR, and no line
            break within quotes.
        is_foreign: not UTF-8, and without a single letter that would be UTF-8 beyond ASCII: then
            it is one text in another encoding, not one with damaged places.
        size: bytes, unpacked.
        tail: the last ones of them.
        lines: physical lines, the header included; only counted while the file is plain.
        delimiters: delimiters that are not within quotes; only counted while the file is plain.
        has_guards: a cell may begin with one of Excel's guards, `=` and a quote or an apostrophe.
    """

    is_plain: bool
    is_foreign: bool = False
    size: int = 0
    tail: bytes = b""
    lines: int = 0
    delimiters: int = 0
    has_guards: bool = True


def kind_of(name: str) -> str:
    """What a file is, by its name: a value of KINDS, or '' for what can't be read."""
    endings = [ending for ending in KINDS if name.lower().endswith(ending)]
    return KINDS[max(endings, key=len)] if endings else ""


def is_hidden(name: str) -> bool:
    """True for the name of a file or folder that is hidden, or not finished yet."""
    return name.startswith((".", "_"))


def find_deliveries(folder: Path) -> list[Delivery]:
    """Deliveries of one feed folder by name; of the files, only ZIP archives are opened.

    Args:
        folder: ``<zone>/<source>/<feed>``; an absent folder delivers nothing.

    Returns:
        One delivery per file, one per subfolder and ZIP archive (its files are the parts). A
        subfolder `sender=<name>` holds the deliveries of a sender.
    """
    deliveries: list[Delivery] = []
    if leads_out(folder, folder):
        return [Delivery(".", [make_part(folder, folder)])]
    for entry in listed(folder, deliveries):
        sender = SENDER.fullmatch(entry.name)
        if sender and entry.is_dir() and not leads_out(folder, entry):
            for inner in listed(entry, deliveries):
                deliveries += deliveries_at(folder, inner, sender[1])
        else:
            deliveries += deliveries_at(folder, entry)
    return deliveries


def listed(folder: Path, deliveries: list[Delivery]) -> list[Path]:
    """What is in a folder and not hidden, by name; nothing where there is no such folder.

    Args:
        folder: of a feed, or of a sender.
        deliveries: gets a refused one where the folder can't be listed.
    """
    try:
        entries = sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        deliveries.append(Delivery(".", [unlistable(folder, folder, error)]))
        return []
    return [entry for entry in entries if not is_hidden(entry.name)]


def deliveries_at(folder: Path, entry: Path, sender: str = "") -> list[Delivery]:
    """A file, ZIP archive or subfolder as a delivery; none where it holds nothing.

    Args:
        folder: folder of the feed.
        entry: the path.
        sender: the sender.
    """
    is_folder = entry.is_dir() and not leads_out(folder, entry)
    parts = list((parts_in if is_folder else make_parts)(folder, entry))
    name = shown_name(folder, entry).removeprefix(f"sender={sender}/")
    return [Delivery(name, parts, sender)] * bool(parts)


def parts_in(folder: Path, entry: Path) -> Iterator[Part]:
    """The files of a subfolder, nested ones too; hidden and temporary ones are left out."""
    failed: list[OSError] = []
    paths = []
    for parent, folders, names in os.walk(entry, onerror=failed.append):
        # Links to folders are not followed by os.walk, so that a loop of them ends.
        folders[:] = [name for name in folders if not is_hidden(name)]
        paths += [Path(parent, name) for name in names if not is_hidden(name)]
        inner = [Path(parent, name) for name in folders]
        paths += [path for path in inner if leads_out(folder, path)]
    yield from (unlistable(folder, Path(error.filename), error) for error in failed)
    for path in sorted(paths, key=os.fsencode):
        yield from make_parts(folder, path)


def make_parts(folder: Path, path: Path) -> Iterator[Part]:
    """A file as a part, or the members of a ZIP archive as parts.

    Args:
        folder: folder of the feed.
        path: the file.
    """
    part = make_part(folder, path)
    if part.file.kind != "zip" or part.outcome.is_refused:
        yield part
        return
    try:
        with open_regular(path) as opened, zipfile.ZipFile(opened) as archive:
            members = [
                member
                for member in archive.infolist()
                if not member.is_dir() and not any(map(is_hidden, member.filename.split("/")))
            ]
    except OSError as error:
        part.refuse_for_now(remedy(error))
    except DAMAGED:
        part.outcome.refuse(
            f"{UNREADABLE}: the ZIP archive is damaged, cut short, or none at all; deliver it again"
        )
    else:
        if not members:
            part.outcome.refuse(f"{UNREADABLE}: the ZIP archive is empty; deliver it again")
        for member in sorted(members, key=lambda member: member.filename):
            name = member.filename.encode("utf-8", "backslashreplace").decode()
            state = FileState(member.file_size, part.file.state.modified_ns)
            file = File(f"{part.file.name}/{name}", path, member=member.filename, state=state)
            inner = Part(file)
            if member.flag_bits & 1:
                inner.outcome.refuse(
                    f"{UNREADABLE}: the ZIP archive has a password; deliver it without"
                )
            yield inner
    if part.outcome.is_refused:
        yield part


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
        if leads_out(folder, path):
            raise NotAFileError(0, "it is a link that leads out of the landing zone")
        if path.is_symlink():
            part.file.path = Path(os.path.realpath(path))  # a link later on leads nowhere else
        part.file.state = file_state(path)
    except OSError as error:
        part.refuse_for_now(remedy(error))
    return part


def leads_out(folder: Path, path: Path) -> bool:
    """True for a link, or a path by way of one, to a place outside the landing zone.

    Args:
        folder: ``<zone>/<source>/<feed>``.
        path: the folder, or what is in it.
    """
    is_linked = path.is_symlink() or folder.is_symlink() or folder.parent.is_symlink()
    return is_linked and is_outside(folder.parent.parent, path)


def is_outside(zone: Path, path: Path) -> bool:
    """True for a path that leads out of the landing zone.

    Args:
        zone: the landing zone, which may be a link itself.
        path: the path.
    """
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(zone))


def remedy(error: OSError) -> str:
    """Why a file can't be opened, and what to do about it."""
    if isinstance(error, NotAFileError):
        return f"{error.strerror}; deliver the file itself"
    return f"{error.strerror}; give the loader access to it"


def file_state(path: Path) -> FileState:
    """Size, and the time of the last write or replacement (copying tools can fake the former).

    Raises:
        OSError: the file is gone, can't be looked at, or is none: a pipe or a device would never
            come to an end.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise NotAFileError(0, NO_FILE)
    return FileState(status.st_size, max(status.st_mtime_ns, status.st_ctime_ns))


def open_regular(path: Path) -> BinaryIO:
    """Open a file; what took its place since it was looked at is neither followed nor waited for.

    Args:
        path: the file, no link.

    Raises:
        OSError: it can't be opened.
        NotAFileError: it is a link, a folder, a pipe or a device now.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # a link; a socket, or a device without one
            raise NotAFileError(0, NO_FILE) from None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotAFileError(0, NO_FILE)
    return os.fdopen(handle, "rb")


def state_now(file: File) -> FileState:
    """The state of a file, or of the archive that it is in with its own size.

    Raises:
        OSError: the file is gone, or can't be looked at.
    """
    assert file.path is not None
    state = file_state(file.path)
    return state if file.member is None else state._replace(size=file.size)


def identify(part: Part) -> None:
    """Hash the content of a part; refuse it for now when that fails."""
    file = part.file
    assert file.path is not None
    try:
        file.state = state_now(file)
        file.content_hash = file_hash(file.path) if file.member is None else member_hash(file)
    except DAMAGED as error:
        file.content_hash = file_hash(file.path)
        part.outcome.refuse(f"{UNREADABLE}: {explain(error)}; deliver it again")
    except OSError as error:
        part.refuse_for_now(remedy(error))
        return
    # A clock that ticks coarsely gives a file that is written again at once the same time.
    written = file.state.modified_ns or 0
    tick = 2_000_000_000 if written % 1_000_000_000 == 0 else 50_000_000
    file.is_settled = time.time_ns() - written >= tick


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, streamed; hex."""
    with open_regular(path) as file:
        return stream_hash(file)


def member_hash(file: File) -> str:
    """The same of a member of a ZIP archive."""
    with open_member(file) as opened:
        return stream_hash(opened)


def stream_hash(opened: BinaryIO) -> str:
    """SHA-256 of all bytes of an open file; hex."""
    digest = hashlib.sha256()
    while block := opened.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


@contextlib.contextmanager
def open_member(file: File) -> Iterator[BinaryIO]:
    """The bytes of a member of a ZIP archive.

    Raises:
        OSError, BadZipFile: it can't be opened.
    """
    assert file.path is not None and file.member is not None
    with (
        open_regular(file.path) as packed,
        zipfile.ZipFile(packed) as archive,
        archive.open(file.member) as opened,  # never more than the size that limit_unpacked knows
    ):
        yield cast(BinaryIO, opened)


class Unpacked(io.RawIOBase):
    """What a packed file unpacks to, up to a limit.

    Args:
        packed: what unpacks it.
        most: bytes that it may unpack to.
    """

    def __init__(self, packed: BinaryIO, most: int) -> None:
        self.packed = packed
        self.most = most
        self.count = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises:
            RefusedError: there are more than there may be.
        """
        data = self.packed.read(BLOCK if size is None or size < 0 else size)
        self.count += len(data)
        check_unpacked(self.count, self.most)
        return data


def check_unpacked(size: int, most: int) -> None:
    """Refuse a packed file that unpacks to too much.

    Raises:
        RefusedError: it does; the disk would fill up.
    """
    if size > most:
        raise RefusedError(too_large(most))


def too_large(most: int) -> str:
    """Why a packed file is refused, as long as it may unpack to so many bytes only."""
    return (
        f"the file unpacks to more than max_unpacked_mb = {most / 1e6:,g} allows; deliver less in "
        "one file, or raise that var"
    )


def limit_unpacked(parts: Sequence[Part], most: int) -> None:
    """Set what packed files may unpack to; members of an archive count together.

    Args:
        parts: the files, members of archives among them.
        most: bytes.
    """
    sizes: dict[Path, int] = {}
    for part in parts:
        part.file.most_bytes = most
        if part.file.member is not None and part.file.path is not None:
            sizes[part.file.path] = sizes.get(part.file.path, 0) + (part.file.size or 0)
    for part in parts:
        is_member = part.file.member is not None and part.file.path is not None
        if is_member and sizes[cast(Path, part.file.path)] > most:
            part.outcome.refuse(too_large(most))


@contextlib.contextmanager
def open_bytes(file: File) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked.

    Raises:
        OSError: it can't be opened.
    """
    assert file.path is not None
    with contextlib.ExitStack() as stack:
        if file.member is None:
            opened = stack.enter_context(open_regular(file.path))
        else:
            opened = stack.enter_context(open_member(file))
        if file.is_packed:
            unpacked = cast(BinaryIO, stack.enter_context(gzip.open(opened)))
            opened = cast(BinaryIO, Unpacked(unpacked, file.most_bytes))
        yield opened


@contextlib.contextmanager
def standing_alone(file: File, scratch: Path) -> Iterator[File]:
    """Within, a member of a ZIP archive is a file of its own in the scratch folder.

    Args:
        file: any file; one that is no member is given back as it is.
        scratch: a folder.
    """
    if file.member is None:
        yield file
        return
    path = scratch / "member"
    try:
        with open_member(file) as opened, path.open("wb") as written:
            shutil.copyfileobj(opened, written, BLOCK)
        yield replace(file, path=path, member=None)
    finally:
        path.unlink(missing_ok=True)


def explain(error: Exception) -> str:
    """Why reading failed, without any text of the file."""
    if isinstance(error, (zipfile.BadZipFile, NotImplementedError)):
        return "the ZIP archive is damaged, cut short, or packed in an unusual way"
    if isinstance(error, DAMAGED):
        return "the gzip data is damaged, cut short, or not gzip at all"
    return type(error).__name__


def survey(file: File, delimiter: str = ",") -> Survey:
    """One pass over a text: can the engine read it as it is, and how many lines must there be?

    Args:
        file: the file.
        delimiter: what is between two cells.

    Raises:
        OSError, EOFError, zlib.error: the file can't be read, or its gzip data is damaged (the
            engine takes a truncated one for a shorter file).
    """
    letters, cells = Letters(), Cells(delimiter)
    has_guards = False
    size = 0
    tail = b""
    with open_bytes(file) as opened:
        while block := opened.read(BLOCK):
            size += len(block)
            tail = block[-TAIL:] if len(block) >= TAIL else (tail + block)[-TAIL:]
            has_guards = has_guards or b"'" in block or b"=" in block
            letters.add(block)
            if cells.is_plain and letters.is_plain:
                cells.add(block)
    return Survey(
        cells.ends_plain() and letters.ends_plain(),
        letters.is_foreign,
        size,
        tail,
        cells.lines,
        cells.delimiters,
        has_guards,
    )


class Letters:
    """Looks at the letters of a text, block by block: are they UTF-8, without NUL?"""

    def __init__(self) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.is_plain = True
        self.has_others = False  # bytes that are not UTF-8
        self.has_letters = False  # UTF-8 beyond ASCII

    @property
    def is_foreign(self) -> bool:
        """True if the text is not UTF-8 in any of its places."""
        return self.has_others and not self.has_letters

    def add(self, block: bytes) -> None:
        """Look at the next block; the decoder holds a letter that two blocks share."""
        self.is_plain = self.is_plain and b"\0" not in block
        if block.isascii() and not self.decoder.getstate()[0]:
            return
        try:
            text = self.decoder.decode(block)
        except UnicodeDecodeError:
            self.decoder.reset()
            self.has_others, self.is_plain = True, False
            text = block.decode("utf-8", "ignore")
        self.has_letters = self.has_letters or not text.isascii()

    def ends_plain(self) -> bool:
        """True if nothing was wrong, and no letter is cut off at the end."""
        if self.decoder.getstate()[0]:
            self.has_others = True
        return self.is_plain and not self.has_others


class Cells:
    """Counts lines and delimiters of a text, block by block, while the engine can't misread it.

    Args:
        delimiter: what is between two cells.
    """

    def __init__(self, delimiter: str) -> None:
        self.delimiter = ord(delimiter)
        self.is_plain = True
        self.newlines = self.returns = self.pairs = self.quotes = self.delimiters = 0
        self.last = b""

    def add(self, block: bytes) -> None:
        """Look at the next block."""
        self.newlines += block.count(b"\n")
        self.pairs += self.last == b"\r" and block[:1] == b"\n"
        if b"\r" in block:
            self.returns += block.count(b"\r")
            self.pairs += block.count(b"\r\n")
        self.last = block[-1:]
        letters = np.frombuffer(block, np.uint8)
        marks = letters == self.delimiter
        if b'"' in block or self.quotes % 2:
            if has_quoted_break(letters, self.quotes % 2):
                self.is_plain = False
            is_quote = letters == ord('"')
            marks &= np.bitwise_xor.accumulate(is_quote) == bool(self.quotes % 2)
            self.quotes += int(np.count_nonzero(is_quote))
        self.delimiters += int(np.count_nonzero(marks))

    def ends_plain(self) -> bool:
        """True if the engine can't misread what was seen."""
        return self.is_plain and self.returns == self.pairs and not self.quotes % 2

    @property
    def lines(self) -> int:
        """Physical lines; one without an end counts."""
        return self.newlines + (self.last not in (b"", b"\n"))


def has_quoted_break(letters: np.ndarray[Any, Any], is_open: int) -> bool:
    """True if a line break lies within a pair of quotes.

    Args:
        letters: a block of a file.
        is_open: 1 when the block begins within quotes.
    """
    marks = np.flatnonzero(letters == ord('"'))
    breaks = np.flatnonzero(letters == ord("\n"))
    return bool(np.any((np.searchsorted(marks, breaks) + is_open) & 1))
