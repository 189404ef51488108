"""CSV line by line, for files that the engine can't read as they are.

Every physical line ends as part of a record, as a rejected line or as a blank one, so that nothing
is lost silently. A good line is read by itself; quotes are what makes that hard:

- a quoted cell may continue over lines: the next line with an odd number of quotes must close it,
  and the whole must have as many cells as the header, or the first line has an unclosed quote;
- two stray quotes can make one well-formed cell of all that stands between them. Its separators
  give it away: a line of it has as many as a row, or it has a row's worth for each line break.

A line with more cells than the header is never a record, even if the surplus cells are empty: a
comma within an amount would shift what follows. A line may lack its last cells where nothing that
the contract requires is in them. Trailer lines after the last record are neither.

After an unclosed quote reading continues with the very next line, so its neighbours load.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from benefits_warehouse.landing.trailers import begins_own, begins_trailer, is_trailer_word

BLOCK = 1 << 20
MAX_LINE = 8 << 20  # longer ones are rejected: memory must hold several
MAX_RAW = 4000  # of a rejected line, this much is kept
UNCLOSED = "unclosed quote"
QUOTED_CELL = re.compile(rb' *"([^"]*(?:""[^"]*)*)(" *)?')
WELL_FORMED_CELL = rb'(?:"[^"\r\n]*(?:""[^"\r\n]*)*"|[^"%b\r\n]*)'
MAX_PATTERN = 200  # columns; a longer pattern takes longer to compile than it saves


@dataclass(frozen=True)
class Layout:
    """How the lines of a file are laid out.

    Args:
        width: columns of the header.
        least: cells that a record must have; the ones after them may be missing.
        required: positions of the cells that the contract requires.
        is_key_first: the first cell is a part of the key.
        header_line: number of the last line of the header; what is above is skipped.
        delimiter: what is between two cells.
        trailer_words: of the sender, beyond those that all have.
    """

    width: int
    least: int
    required: tuple[int, ...] = ()
    is_key_first: bool = True
    header_line: int = 1
    delimiter: bytes = b","
    trailer_words: tuple[str, ...] = ()


class MalformedError(Exception):
    """A line that is no record; the message is the reason."""


class TailLine(bytes):
    """A line after the last record."""


class Body:
    """The bytes of a file up to its tail.

    Args:
        file: the bytes, unpacked.
        size: how many there are before the tail.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file = file
        self.left = size

    def read(self, size: int) -> bytes:
        """The next bytes, none at the end."""
        block = self.file.read(min(size, self.left))
        self.left -= len(block)
        return block


def is_trailer(text: bytes, layout: Layout) -> bool:
    """True for a line that is a trailer, if nothing but others of its kind comes after it.

    A record may begin with such a word too (a shop, say): it has all that a record must have.

    Args:
        text: a line without its end.
        layout: of the file.
    """
    if not begins_trailer(text, layout.trailer_words):
        return False
    if begins_own(text, layout.trailer_words):
        return True
    try:
        cells = split_cells(text, layout.delimiter)
    except MalformedError:
        return True
    if len(cells) < layout.least or not all(cells[place].strip() for place in layout.required):
        return True
    return layout.is_key_first and is_trailer_word(cells[0])


def tail_size(tail: bytes, is_whole: bool, layout: Layout) -> int:
    """How many bytes of a file come from its first trailer line on; 0 where there is none.

    Args:
        tail: the last bytes of the file.
        is_whole: these are all.
        layout: of the file.
    """
    lines = tail.splitlines(keepends=True)[layout.header_line if is_whole else 1 :]
    size = found = 0
    for line in reversed(lines):
        size += len(line)
        text = line.rstrip(b"\r\n")
        if is_trailer(text, layout):
            found = size
        elif (
            text.count(layout.delimiter) + 1 >= layout.least
            and text.replace(layout.delimiter, b"").strip()
        ):
            break
    return found


def line_blocks(file: BinaryIO | Body) -> Iterator[bytes]:
    """Blocks of whole lines; of an endless line only the beginning."""
    rest = file.read(3).removeprefix(b"\xef\xbb\xbf")
    while block := file.read(BLOCK):
        data = rest + block
        cut = data.rfind(b"\n") + 1
        if not cut and len(data) > MAX_LINE:
            cut = data.rfind(b"\r", 0, -1) + 1  # lines of an old Mac; \r\n is not split
            data = data if cut or data.endswith(b"\r") else data[: MAX_LINE + 1]
        if cut:
            yield data[:cut]
        rest = data[cut:]
    if rest:
        yield rest


def split_cells(text: bytes, delimiter: bytes) -> list[bytes]:
    """The cells of a record.

    A quote within an unquoted cell is a letter like any other, and blanks around a quoted cell are
    dropped: both as the engine does it. Two cells with a stray quote each are one quoted text that
    a missing delimiter tore: its parts would stand under other columns.

    Args:
        text: the record without its line end.
        delimiter: what is between two cells.

    Raises:
        MalformedError: a quote is not closed, text follows a closing one, or a quoted text is torn.
    """
    cells = []
    position = stray = 0
    while True:
        match = QUOTED_CELL.match(text, position)
        if match is None:
            end = text.find(delimiter, position)
            end = len(text) if end < 0 else end
            cells.append(text[position:end])
            stray += cells[-1].count(b'"') % 2
            if stray > 1:
                raise MalformedError("unquoted value")
        else:
            if match[2] is None:
                raise MalformedError(UNCLOSED)
            end = match.end()
            if text[end : end + 1] not in (b"", delimiter):
                raise MalformedError("unquoted value")  # as the engine says
            cells.append(match[1].replace(b'""', b'"'))
        if end >= len(text):
            return cells
        position = end + 1


def join_cells(cells: list[bytes], delimiter: bytes) -> bytes:
    """Cells as a line in which each is quoted, so that there is one way to read it.

    Args:
        cells: the values.
        delimiter: what is between two cells.
    """
    return delimiter.join(b'"' + cell.replace(b'"', b'""') + b'"' for cell in cells)


def is_swallowed(cells: list[bytes], layout: Layout) -> bool:
    """True when a cell looks as if it had swallowed rows.

    It does with the separators of just as many whole rows as it has line breaks, or with a line
    within that has as many cells as a row.

    Args:
        cells: the cells of a record of several lines.
        layout: of the file.
    """
    separators = layout.width - 1
    if separators < 2:
        return False
    for cell in cells:
        if b"\n" not in cell and b"\r" not in cell:
            continue
        lines = cell.splitlines()
        if cell.count(layout.delimiter) == (len(lines) - 1) * separators > 0:
            return True
        if any(line.count(layout.delimiter) == separators for line in lines[1:-1]):
            return True
    return False


def check_bytes(line: bytes) -> None:
    """Raise MalformedError for what is no text, or too much of it."""
    if len(line) > MAX_LINE:
        raise MalformedError("line size over maximum")
    if b"\0" in line:
        raise MalformedError("NUL byte")
    if not line.isascii():
        try:
            line.decode()
        except UnicodeDecodeError:
            raise MalformedError("not UTF-8") from None


def missing_cells(found: int, layout: Layout) -> int:
    """How many cells a record lacks at its end, which are nulls.

    Args:
        found: cells of the record.
        layout: of the file.

    Raises:
        MalformedError: it has too many, or too few.
    """
    if found > layout.width:
        raise MalformedError("too many columns")
    if found < layout.least:
        raise MalformedError("missing columns")
    return layout.width - found


def are_usual(block: bytes, layout: Layout) -> bool:
    """True for a block of lines without quotes or faults, each with the cells of a record.

    Args:
        block: whole lines.
        layout: of the file.
    """
    if b'"' in block or b"\0" in block or b"\r" in block or not block.isascii():
        return False
    letters = np.frombuffer(block, np.uint8)
    delimiter, width = ord(layout.delimiter), layout.width
    marks = letters[(letters == delimiter) | (letters == ord("\n"))]
    if len(block) > MAX_LINE or not block.endswith(b"\n") or len(marks) % width:
        return False
    rows = marks.reshape(-1, width)
    return bool((rows[:, -1] == ord("\n")).all() and (rows[:, :-1] == delimiter).all())


def padded(block: bytes, layout: Layout) -> bytes | None:
    """A block of lines without quotes or faults, of which some lack their last cells, with these.

    Args:
        block: whole lines.
        layout: of the file.

    Returns:
        None if a line has a fault, is blank, or lacks a cell that is required.
    """
    if layout.least == layout.width or len(block) > MAX_LINE or not block.endswith(b"\n"):
        return None
    if b'"' in block or b"\0" in block or b"\r" in block or not block.isascii():
        return None
    mark = layout.delimiter
    ends = {
        count: mark * (layout.width - 1 - count) + b"\n"
        for count in range(layout.least - 1, layout.width)
    }
    lines = block.split(b"\n")[:-1]
    counts = [line.count(mark) for line in lines]
    if not ends.keys() >= set(counts) or not all(map(bytes.strip, lines)):
        return None
    return b"".join(
        part for line, count in zip(lines, counts, strict=True) for part in (line, ends[count])
    )


class LineReader:
    """Sorts the lines of a CSV into records and rejected lines.

    Args:
        file: the bytes, unpacked.
        layout: how its lines are laid out.
        body: bytes before the tail; None where there is no tail.
    """

    def __init__(self, file: BinaryIO, layout: Layout, body: int | None = None) -> None:
        self.file = file
        self.blocks = line_blocks(file if body is None else Body(file, body))
        self.layout = layout
        self.trailers: list[bytes] = []
        self.waiting: deque[bytes] = deque()  # lines read but not used
        self.strays: set[int] = set()  # lines that hold the second one of two stray quotes
        self.number = 0
        self.accepted = 0
        self.rejected = 0
        self.first_reject: tuple[int, str] | None = None
        self.widest = 0  # cells of the longest record
        repeats = layout.width if layout.width <= MAX_PATTERN else 1
        mark = re.escape(layout.delimiter)
        cell = WELL_FORMED_CELL % mark
        self.is_well_formed = re.compile(
            cell + b"(?:" + mark + cell + rb"){%d}" % (repeats - 1)
        ).fullmatch

    def next_line(self) -> bytes | None:
        """The next physical line, or None at the end."""
        while not self.waiting:
            block = next(self.blocks, None)
            if block is not None:
                self.waiting.extend(block.splitlines(keepends=True))
            elif not self.read_tail():
                return None
        return self.waiting.popleft()

    def read_tail(self) -> bool:
        """Let the lines of the tail wait; False if there are none, or they did already."""
        lines = self.file.read().splitlines(keepends=True)
        self.waiting.extend(TailLine(line) for line in lines)
        return bool(lines)

    def sort(self, good: BinaryIO, bad: Any) -> None:
        """Write records to `good` and (number, reason, raw text) of lines to the writer `bad`.

        Args:
            good: gets the records as CSV, with a header of no meaning.
            bad: a csv.writer.
        """
        for _ in range(self.layout.header_line):
            self.next_line()
        self.number = self.layout.header_line
        good.write(self.layout.delimiter.join([b"c"] * self.layout.width) + b"\n")
        self.sort_waiting(good, bad)
        for block in self.blocks:
            plain = block.replace(b"\r\n", b"\n")
            whole = plain if are_usual(plain, self.layout) else padded(plain, self.layout)
            if whole is not None and not self.strays:
                if whole is plain:
                    self.widest = self.layout.width
                else:
                    marks = max(line.count(self.layout.delimiter) for line in plain.split(b"\n"))
                    self.widest = max(self.widest, marks + 1)
                count = plain.count(b"\n")
                good.write(whole)
                self.accepted += count
                self.number += count
            else:
                self.waiting.extend(block.splitlines(keepends=True))
                self.sort_waiting(good, bad)
        self.read_tail()
        self.sort_waiting(good, bad)

    def sort_waiting(self, good: BinaryIO, bad: Any) -> None:
        """The same for the lines that wait, one by one."""
        delimiter, separators = self.layout.delimiter, self.layout.width - 1
        while self.waiting:
            line = self.waiting.popleft()
            self.number += 1
            text = line.rstrip(b"\r\n")
            if type(line) is TailLine and is_trailer(text, self.layout):
                self.trailers.append(text)
            elif (  # the usual line, first and fast
                b'"' not in text
                and text.count(delimiter) == separators
                and text.isascii()
                and b"\0" not in text
                and len(text) <= MAX_LINE
                and not self.strays
            ):
                good.write(text + b"\n")
                self.accepted += 1
                self.widest = self.layout.width
            elif text.strip():
                self.sort_unusual(text, line, good, bad)

    def sort_unusual(self, text: bytes, line: bytes, good: BinaryIO, bad: Any) -> None:
        """The same for a line with quotes, other letters than ASCII, or a fault.

        Args:
            text: the line without its end.
            line: the line as it is.
            good: gets the record.
            bad: gets the line that is none.
        """
        try:
            record = self.read_record(text, line)
        except MalformedError as error:
            self.rejected += 1
            self.first_reject = self.first_reject or (self.number, str(error))
            raw = text[:MAX_RAW].decode("utf-8", "replace").replace("\0", "\ufffd")
            bad.writerow((self.number, str(error), raw))
        else:
            good.write(record + b"\n")
            self.accepted += 1

    def read_record(self, text: bytes, line: bytes) -> bytes:
        """The record that begins in a line, as the engine reads it without doubt.

        Args:
            text: the line without its end.
            line: the line as it is.

        Raises:
            MalformedError: the line is no record.
        """
        check_bytes(text)
        if self.number in self.strays:
            self.strays.remove(self.number)
            raise MalformedError(UNCLOSED)
        delimiter = self.layout.delimiter
        if b'"' not in text:
            return text + self.padding(text.count(delimiter) + 1)
        if self.layout.width <= MAX_PATTERN and self.is_well_formed(text):
            self.widest = self.layout.width
            return text
        try:
            cells = split_cells(text, delimiter)
        except MalformedError as error:
            if str(error) != UNCLOSED:
                raise
            cells = self.complete(line)
        return join_cells(cells, delimiter) + self.padding(len(cells))

    def padding(self, cells: int) -> bytes:
        """What a record lacks at its end.

        Args:
            cells: how many it has.

        Raises:
            MalformedError: it has too many, or too few.
        """
        missing = missing_cells(cells, self.layout)
        self.widest = max(self.widest, cells)
        return self.layout.delimiter * missing

    def complete(self, line: bytes) -> list[bytes]:
        """The cells of a record of several lines; takes the lines that it needs, or none.

        Raises:
            MalformedError: the quote that the first line opened is not closed.
        """
        taken = [line]
        size = len(line)
        while size <= MAX_LINE and (more := self.next_line()) is not None:
            taken.append(more)
            size += len(more)
            if more.count(b'"') % 2:
                break
        try:
            text = b"".join(taken).rstrip(b"\r\n")
            check_bytes(text)
            cells = split_cells(text, self.layout.delimiter)
            missing_cells(len(cells), self.layout)
        except MalformedError:
            self.waiting.extendleft(reversed(taken[1:]))
            raise MalformedError(UNCLOSED) from None
        if is_swallowed(cells, self.layout):
            self.strays.add(self.number + len(taken) - 1)
            self.waiting.extendleft(reversed(taken[1:]))
            raise MalformedError(UNCLOSED)
        self.number += len(taken) - 1
        return cells


def sort_lines(
    file: BinaryIO, layout: Layout, good: Path, bad: Path, body: int | None = None
) -> LineReader:
    """Sort a CSV into a file of records and a file of rejected lines.

    Args:
        file: the bytes, unpacked.
        layout: how its lines are laid out.
        good: CSV to write, with a header of no meaning.
        bad: CSV to write: line number, reason, raw text; no header.
        body: bytes before the tail; None where there is no tail.

    Returns:
        The reader, with its counts.
    """
    reader = LineReader(file, layout, body)
    with good.open("wb", buffering=BLOCK) as records, bad.open("w", newline="") as rejects:
        reader.sort(records, csv.writer(rejects, quoting=csv.QUOTE_ALL))
    return reader
