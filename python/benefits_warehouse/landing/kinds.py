"""Kinds of files whose cells need no splitting: Excel workbooks and JSON.

Each is turned into records, one list of texts after the other, with the number of its row (of the
sheet), line (.ndjson) or object (.json). records_sorted writes them as the CSV that is landed.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from benefits_warehouse.landing.contract import Feed, fits, match_columns
from benefits_warehouse.landing.files import (
    BLOCK,
    DAMAGED,
    UNREADABLE,
    File,
    Header,
    RefusedError,
    check_unpacked,
    open_bytes,
)
from benefits_warehouse.landing.headers import HEAD_LINES
from benefits_warehouse.landing.lines import (
    MAX_LINE,
    MAX_RAW,
    Layout,
    MalformedError,
    check_bytes,
    is_trailer,
    join_cells,
    line_blocks,
)
from benefits_warehouse.landing.trailers import begins_trailer

Record = tuple[int, "list[str] | MalformedError"]
NO_WORKBOOK = f"{UNREADABLE}: it is not a complete Excel workbook; save it as .xlsx, or deliver CSV"
NOT_JSON = "not a JSON object"
NO_LIST = (
    f"{UNREADABLE}: it is not a list of flat JSON objects; deliver one, or .ndjson with one object "
    "a line"
)


class Sorted:
    """Records that were sorted, as lines.LineReader counts them."""

    def __init__(self) -> None:
        self.accepted = self.rejected = 0
        self.first_reject: tuple[int, str] | None = None
        self.trailers: list[bytes] = []
        self.widest: int | None = None  # a name without cells below is still a name there


def records_sorted(records: Iterable[Record], layout: Layout, good: Path, bad: Path) -> Sorted:
    """Sort records into a CSV of good ones and a CSV of rejected ones.

    Args:
        records: records after the header, each with its number; blank ones are none.
        layout: how they are laid out.
        good: CSV to write, with a header of no meaning.
        bad: CSV to write: number, reason, raw text; no header.
    """
    found = Sorted()
    with good.open("wb", buffering=BLOCK) as lines, bad.open("w", newline="") as rejects:
        reject = csv.writer(rejects, quoting=csv.QUOTE_ALL).writerow
        lines.write(b",".join([b"c"] * layout.width) + b"\n")

        def add(number: int, cells: list[str] | MalformedError) -> None:
            try:
                lines.write(record_line(cells, layout) + b"\n")
                found.accepted += 1
            except MalformedError as error:
                raw = "" if isinstance(cells, MalformedError) else ",".join(cells)
                found.rejected += 1
                found.first_reject = found.first_reject or (number, str(error))
                raw = raw[:MAX_RAW].encode("utf-8", "replace").decode().replace("\0", "\ufffd")
                reject((number, str(error), raw))

        held: list[Record] = []  # from the first trailer on, until a record shows that it was none
        for number, cells in records:
            if is_tail(cells, layout, bool(held)):
                held.append((number, cells))
                continue
            for record in held:
                add(*record)
            held.clear()
            add(number, cells)
        for number, cells in held:
            text = trailer_text(cells)
            if is_trailer(text, layout):
                found.trailers.append(text)
            else:
                add(number, cells)
    return found


def trailer_text(cells: list[str] | MalformedError) -> bytes:
    """A record as a line, in which a trailer is recognized."""
    if isinstance(cells, MalformedError):
        return b""
    return join_cells(encoded(cells), b",")


def encoded(cells: list[str]) -> list[bytes]:
    """Cells as UTF-8; what has no letter there becomes a question mark."""
    return [cell.encode("utf-8", "replace") for cell in cells]


def is_tail(cells: list[str] | MalformedError, layout: Layout, after_trailer: bool) -> bool:
    """True for a record that is a trailer, or that can't be a record and comes after one.

    Args:
        cells: the record.
        layout: how records are laid out.
        after_trailer: the record before may be a trailer.
    """
    if not isinstance(cells, MalformedError) and begins_trailer(
        b"".join(encoded(cells[:1])), layout.trailer_words
    ):
        return is_trailer(trailer_text(cells), layout)
    return after_trailer and (isinstance(cells, MalformedError) or len(cells) < layout.least)


def record_line(cells: list[str] | MalformedError, layout: Layout) -> bytes:
    """A record as a line with the cells of the header.

    Args:
        cells: its cells; blank ones at the end may be missing.
        layout: how records are laid out.

    Raises:
        MalformedError: it is none, or has more cells than the header.
    """
    if isinstance(cells, MalformedError):
        raise cells
    if any(cells[layout.width :]):
        raise MalformedError("too many columns")
    try:
        texts = [cell.encode() for cell in cells[: layout.width]]
    except UnicodeEncodeError:
        raise MalformedError("not UTF-8") from None
    line = join_cells(texts, b",")
    check_bytes(line)
    return line + b"," * (layout.width - len(texts))


def cell_text(value: Any) -> str:
    """A typed cell as the text that people see; dates and times in ISO form."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        seconds = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
        return seconds.date().isoformat() if not any(seconds.timetuple()[3:6]) else str(seconds)
    return "" if value is None else str(value)


def number_text(value: float) -> str:
    """A number with the 15 digits that Excel has, without an exponent."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{Decimal(f'{value:.15g}'):f}"


def open_workbook(file: File) -> CalamineWorkbook:
    """A workbook of Excel.

    Raises:
        RefusedError: it has a password, or is none.
    """
    assert file.path is not None
    try:
        return CalamineWorkbook.from_path(file.path)
    except PasswordError as error:
        raise RefusedError(
            f"{UNREADABLE}: the workbook has a password; deliver it without"
        ) from error
    except (CalamineError, OSError) as error:
        raise RefusedError(NO_WORKBOOK) from error


def check_workbook(file: File) -> None:
    """Refuse a workbook that unpacks to too much, whatever size it states: it is unpacked.

    Args:
        file: the workbook, a file of its own.

    Raises:
        RefusedError: it does, or it states another size than it has.
        OSError: it can't be opened.
    """
    with open_bytes(file) as opened:
        if not zipfile.is_zipfile(opened):
            return  # an old or locked one, which is not packed, or none
        try:
            with zipfile.ZipFile(opened) as packed:
                members = packed.infolist()
                check_unpacked(sum(member.file_size for member in members), file.most_bytes)
                for member in members:
                    with packed.open(member) as part:
                        while part.read(BLOCK):  # up to the stated size, whose checksum is wrong
                            pass
        except (*DAMAGED, RuntimeError) as error:
            raise RefusedError(NO_WORKBOOK) from error


def sheet_records(sheet: CalamineSheet) -> Iterator[Record]:
    """The rows of a sheet that are not blank, each without the blank cells at its end."""
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [cell_text(value) for value in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield number, cells


def workbook_header(feed: Feed, file: File) -> Header:
    """The header of a workbook: of the sheet in which a row fits the contract.

    Args:
        feed: the feed.
        file: the workbook, a file of its own.

    Returns:
        If none fits: the row with the most columns of the contract.

    Raises:
        RefusedError: it can't be read, it is empty, unpacks to too much, or two sheets fit.
    """
    check_workbook(file)
    workbook = open_workbook(file)
    fitting: list[Header] = []
    nearest, most = None, -1
    for about in workbook.sheets_metadata:
        wanted = feed.settings.sheet
        if about.name != wanted if wanted else about.visible is not SheetVisibleEnum.Visible:
            continue
        try:
            records = sheet_records(workbook.get_sheet_by_name(about.name))
        except CalamineError:  # a chart
            continue
        for titles, (number, cells) in enumerate(records):
            if number > HEAD_LINES or isinstance(cells, MalformedError):
                break
            header = Header(cells, number, titles, sheet=about.name)
            if feed.settings.header_line == number:
                return header
            if fits(feed, cells) and feed.settings.header_line is None:
                fitting.append(header)
                break
            known = len({column for column in match_columns(feed, cells) if column})
            if known > most:
                nearest, most = header, known
    if len(fitting) > 1:
        raise RefusedError(
            f"the header fits in {len(fitting)} sheets; keep one of them, or name it in "
            "the setting sheet of sender_settings"
        )
    if not fitting and nearest is None and feed.settings.sheet:
        raise RefusedError(
            f"there is no sheet {feed.settings.sheet}: fix the setting sheet in sender_settings"
        )
    if not fitting and nearest is None:
        raise RefusedError("the file is empty: no sheet has a header")
    return fitting[0] if fitting else nearest or Header()


def workbook_records(header: Header, file: File) -> Iterator[Record]:
    """The rows of a workbook below its header.

    Args:
        header: of the workbook.
        file: the workbook, a file of its own.
    """
    sheet = open_workbook(file).get_sheet_by_name(str(header.sheet))
    return (record for record in sheet_records(sheet) if record[0] > header.line)


class Pairs(list[tuple[str, Any]]):
    """A JSON object as it is written, so that a name that stands twice is seen."""


def decoder() -> json.JSONDecoder:
    """A decoder that keeps numbers as they are written."""
    return json.JSONDecoder(
        object_pairs_hook=Pairs, parse_float=str, parse_int=str, parse_constant=str
    )


def json_objects(file: File) -> Iterator[tuple[int, Any]]:
    """The values of a JSON list, or of the lines of .ndjson, with their numbers.

    A line that is no JSON is a MalformedError. The file is streamed, value by value.

    Raises:
        RefusedError: it is neither.
        OSError, EOFError, zlib.error: the file can't be read.
    """
    with open_bytes(file) as opened:
        start = opened.read(BLOCK).removeprefix(b"\xef\xbb\xbf")
    if not start.strip():
        raise RefusedError("the file is empty")
    with open_bytes(file) as opened:
        yield from (list_values if start.lstrip().startswith(b"[") else line_values)(opened)


def line_values(opened: BinaryIO) -> Iterator[tuple[int, Any]]:
    """The values of lines, blank ones left out."""
    decode = decoder().decode
    number = 0
    for block in line_blocks(opened):
        for line in block.splitlines():
            number += 1
            if line.strip():
                yield number, line_value(line, decode)


def line_value(line: bytes, decode: Callable[[str], Any]) -> Any:
    """The value of a line, or why there is none.

    Args:
        line: the line.
        decode: decodes JSON.
    """
    try:
        return decode(line.decode())
    except (ValueError, RecursionError):
        return MalformedError(NOT_JSON)


def list_values(opened: BinaryIO) -> Iterator[tuple[int, Any]]:
    """The values of a list.

    Raises:
        RefusedError: it is damaged, or a value is larger than a line may be.
    """
    scan = decoder().raw_decode
    letters = codecs.getincrementaldecoder("utf-8-sig")()
    text, position, number = "", 0, -1  # -1: before the list
    while True:
        try:
            position = after_blanks(text, position)
            if number < 0:
                position = after_blanks(text, position + len("["))
                if text[position] == "]":
                    return
                number = 0
            value, end = scan(text, position)
            end = after_blanks(text, end)
            mark = text[end]
        except (ValueError, IndexError, RecursionError) as error:
            block = opened.read(BLOCK)
            if not block or len(text) - position > MAX_LINE:
                raise RefusedError(f"{NO_LIST} (value {max(number, 0) + 1} is damaged)") from error
            try:
                text, position = text[position:] + letters.decode(block), 0
            except UnicodeDecodeError:
                raise RefusedError(f"{UNREADABLE}: it is not UTF-8; deliver UTF-8") from None
            continue
        number += 1
        yield number, value
        if mark != ",":
            if mark == "]":
                return
            raise RefusedError(f"{NO_LIST} (value {number} is damaged)")
        position = end + 1


def after_blanks(text: str, position: int) -> int:
    """The place of the next letter that is not blank; raises IndexError at the end of the text."""
    while text[position].isspace():
        position += 1
    return position


def json_header(file: File) -> Header:
    """The names of all objects of a JSON file, in the order in which they first occur.

    Raises:
        RefusedError: it can't be read, or has no object.
        OSError, EOFError, zlib.error: the file can't be read.
    """
    names: dict[str, None] = {}
    count = 0
    for _, value in json_objects(file):
        count += 1
        if isinstance(value, Pairs):
            names.update((name, None) for name, _ in value)
    if count and not names:
        raise RefusedError(NO_LIST)
    if not count:
        raise RefusedError("the file is empty: not a single object")
    return Header(list(names), 0)


def json_records(header: Header, wanted: Iterable[int], file: File) -> Iterator[Record]:
    """The objects of a JSON file as records; a name that an object lacks is a blank cell.

    Args:
        header: of the file.
        wanted: positions of the columns of the contract; what is in others need not be flat.
        file: the file.
    """
    place = {name: position for position, name in enumerate(header.names)}
    flat = frozenset(wanted)
    for number, value in json_objects(file):
        try:
            yield number, object_cells(value, place, flat)
        except MalformedError as error:
            yield number, error


def object_cells(value: Any, place: dict[str, int], flat: frozenset[int]) -> list[str]:
    """The cells of an object.

    Args:
        value: what JSON says.
        place: position of each name.
        flat: positions whose values must be flat.

    Raises:
        MalformedError: it is no object, a name stands twice, or a value is not flat.
    """
    if isinstance(value, MalformedError):
        raise value
    if not isinstance(value, Pairs):
        raise MalformedError(NOT_JSON)
    if len({name for name, _ in value}) < len(value):
        raise MalformedError("a name stands twice in the object")
    cells = [""] * len(place)
    for name, content in value:
        position = place[name]
        if isinstance(content, list):
            if position in flat:
                raise MalformedError("a value is a list or an object")
        elif isinstance(content, bool):
            cells[position] = str(content).lower()
        elif content is not None:
            cells[position] = content
    return cells
