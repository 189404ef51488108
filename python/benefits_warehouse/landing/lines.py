"""CSV line by line, for files that the engine can't read as they are.

Every physical line ends as part of a record, as a rejected line or as a blank one, so that nothing
is lost silently. A good line is read by itself; quotes are what makes that hard:

- a quoted cell may continue over lines: the next line with an odd number of quotes must close it,
  and the whole must have as many cells as the header, or the first line has an unclosed quote;
- two stray quotes can make one well-formed cell of all that stands between them. Its separators
  give it away: a line of it has as many as a row, or it has a row's worth for each line break.

After an unclosed quote reading continues with the very next line, so its neighbours load.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

BLOCK = 1 << 20
MAX_LINE = 8 << 20  # longer ones are rejected: memory must hold several
MAX_RAW = 4000  # of a rejected line, this much is kept
UNCLOSED = "unclosed quote"
QUOTED_CELL = re.compile(rb' *"([^"]*(?:""[^"]*)*)(" *)?')
WELL_FORMED_CELL = rb'(?:"[^"\r\n]*(?:""[^"\r\n]*)*"|[^",\r\n]*)'
MAX_PATTERN = 200  # columns; a longer pattern takes longer to compile than it saves


class MalformedError(Exception):
    """A line that is no record; the message is the reason."""


def line_blocks(file: BinaryIO) -> Iterator[bytes]:
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


def split_cells(text: bytes) -> list[bytes]:
    """The cells of a record.

    A quote within an unquoted cell is a letter like any other, and blanks around a quoted cell are
    dropped: both as the engine does it.

    Raises:
        MalformedError: a quote is not closed, or text follows a closing one.
    """
    cells = []
    position = 0
    while True:
        match = QUOTED_CELL.match(text, position)
        if match is None:
            end = text.find(b",", position)
            end = len(text) if end < 0 else end
            cells.append(text[position:end])
        else:
            if match[2] is None:
                raise MalformedError(UNCLOSED)
            end = match.end()
            if text[end : end + 1] not in (b"", b","):
                raise MalformedError("unquoted value")  # as the engine says
            cells.append(match[1].replace(b'""', b'"'))
        if end >= len(text):
            return cells
        position = end + 1


def join_cells(cells: list[bytes]) -> bytes:
    """Cells as a line in which each is quoted, so that there is one way to read it."""
    return b",".join(b'"' + cell.replace(b'"', b'""') + b'"' for cell in cells)


def is_swallowed(cells: list[bytes]) -> bool:
    """True when a cell looks as if it had swallowed rows.

    It does with the separators of just as many whole rows as it has line breaks, or with a line
    within that has as many cells as a row.
    """
    separators = len(cells) - 1
    if separators < 2:
        return False
    for cell in cells:
        if b"\n" not in cell and b"\r" not in cell:
            continue
        lines = cell.splitlines()
        if cell.count(b",") == (len(lines) - 1) * separators > 0:
            return True
        if any(line.count(b",") == separators for line in lines[1:-1]):
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


def check_width(found: int, width: int) -> None:
    """Raise MalformedError unless a record has as many cells as the header.

    Args:
        found: cells of the record.
        width: columns of the header.
    """
    if found != width:
        raise MalformedError("missing columns" if found < width else "too many columns")


def are_usual(block: bytes, width: int) -> bool:
    """True for a block of lines without quotes or faults, each with the cells of a record.

    Args:
        block: whole lines.
        width: columns of the header.
    """
    if b'"' in block or b"\0" in block or b"\r" in block or not block.isascii():
        return False
    letters = np.frombuffer(block, np.uint8)
    marks = letters[(letters == ord(",")) | (letters == ord("\n"))]
    if len(block) > MAX_LINE or not block.endswith(b"\n") or len(marks) % width:
        return False
    rows = marks.reshape(-1, width)
    return bool((rows[:, -1] == ord("\n")).all() and (rows[:, :-1] == ord(",")).all())


class LineReader:
    """Sorts the lines of a CSV into records and rejected lines.

    Args:
        file: the bytes, unpacked.
        width: columns of the header.
        header_line: number of the last line of the header; what is above is skipped.
    """

    def __init__(self, file: BinaryIO, width: int, header_line: int) -> None:
        self.blocks = line_blocks(file)
        self.width = width
        self.header_line = header_line
        self.waiting: deque[bytes] = deque()  # lines read but not used
        self.strays: set[int] = set()  # lines that hold the second one of two stray quotes
        self.number = 0
        self.accepted = 0
        self.rejected = 0
        self.first_reject: tuple[int, str] | None = None
        repeats = width if width <= MAX_PATTERN else 1
        self.is_well_formed = re.compile(
            WELL_FORMED_CELL + rb"(?:," + WELL_FORMED_CELL + rb"){%d}" % (repeats - 1)
        ).fullmatch

    def next_line(self) -> bytes | None:
        """The next physical line, or None at the end."""
        while not self.waiting:
            block = next(self.blocks, None)
            if block is None:
                return None
            self.waiting.extend(block.splitlines(keepends=True))
        return self.waiting.popleft()

    def sort(self, good: BinaryIO, bad: Any) -> None:
        """Write records to `good` and (number, reason, raw text) of lines to the writer `bad`.

        Args:
            good: gets the records as CSV, with a header of no meaning.
            bad: a csv.writer.
        """
        for _ in range(self.header_line):
            self.next_line()
        self.number = self.header_line
        good.write(join_cells([b"c"] * self.width) + b"\n")
        self.sort_waiting(good, bad)
        for block in self.blocks:
            plain = block.replace(b"\r\n", b"\n")
            if are_usual(plain, self.width):
                count = plain.count(b"\n")
                good.write(plain)
                self.accepted += count
                self.number += count
            else:
                self.waiting.extend(block.splitlines(keepends=True))
                self.sort_waiting(good, bad)

    def sort_waiting(self, good: BinaryIO, bad: Any) -> None:
        """The same for the lines that wait, one by one."""
        separators = self.width - 1
        while self.waiting:
            line = self.waiting.popleft()
            self.number += 1
            text = line.rstrip(b"\r\n")
            if (  # the usual line, first and fast
                b'"' not in text
                and text.count(b",") == separators
                and text.isascii()
                and b"\0" not in text
                and len(text) <= MAX_LINE
                and not self.strays
            ):
                good.write(text + b"\n")
                self.accepted += 1
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
        if b'"' not in text:
            check_width(text.count(b",") + 1, self.width)
            return text
        if self.width <= MAX_PATTERN and self.is_well_formed(text):
            return text
        try:
            cells = split_cells(text)
        except MalformedError as error:
            if str(error) != UNCLOSED:
                raise
            return join_cells(self.complete(line))
        check_width(len(cells), self.width)
        return join_cells(cells)

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
            cells = split_cells(text)
            check_width(len(cells), self.width)
        except MalformedError:
            self.waiting.extendleft(reversed(taken[1:]))
            raise MalformedError(UNCLOSED) from None
        if is_swallowed(cells):
            self.strays.add(self.number + len(taken) - 1)
            self.waiting.extendleft(reversed(taken[1:]))
            raise MalformedError(UNCLOSED)
        self.number += len(taken) - 1
        return cells


def sort_lines(file: BinaryIO, width: int, header_line: int, good: Path, bad: Path) -> LineReader:
    """Sort a CSV into a file of records and a file of rejected lines.

    Args:
        file: the bytes, unpacked.
        width: columns of the header.
        header_line: number of the last line of the header.
        good: CSV to write, with a header of no meaning.
        bad: CSV to write: line number, reason, raw text; no header.

    Returns:
        The reader, with its counts.
    """
    reader = LineReader(file, width, header_line)
    with good.open("wb", buffering=BLOCK) as records, bad.open("w", newline="") as rejects:
        reader.sort(records, csv.writer(rejects, quoting=csv.QUOTE_ALL))
    return reader
