"""The header of a delimited text: its encoding, its delimiter, and the line where it is found.

Nothing is guessed from values. The header is the first line, of the first 20, whose names fit the
contract; the delimiter is the one with which it does. What is above are title lines.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence

from benefits_warehouse.landing.contract import Feed, fits, match_columns
from benefits_warehouse.landing.files import (
    BLOCK,
    DAMAGED,
    UNREADABLE,
    File,
    Header,
    RefusedError,
    explain,
    open_bytes,
)

DELIMITERS = {
    ",": "commas",
    ";": "semicolons",
    "\t": "tabs",
    "|": "pipes",
    "~": "tildes",
    "^": "carets",
}
ENCODINGS = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}
HEAD_LINES = 20  # how far down a header is looked for
HEADER_LINES = 50  # a header whose cells hold line breaks ends within so many
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
# How a file begins that is not what its name says.
MAGIC = {
    b"\x1f\x8b": "gzip; name it .csv.gz",
    b"PAR1": "Parquet; name it .parquet",
    b"PK\x03\x04": "an Excel workbook or a ZIP archive; name it .xlsx or .zip",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as .xlsx, or deliver CSV",
}


def read_header(feed: Feed, file: File) -> Header:
    """The header of a delimited text, from the first bytes of the file.

    Args:
        feed: the feed, which knows the names.
        file: the file.

    Returns:
        The header that fits the contract, else the line that comes nearest to it.

    Raises:
        RefusedError: empty, not what its name says, or more than one delimiter fits.
        OSError: the file can't be read.
    """
    try:
        with open_bytes(file) as opened:
            start = opened.read(BLOCK)
    except DAMAGED as error:
        if file.size == 0:
            raise RefusedError("the file is empty: not even a header line") from error
        raise RefusedError(f"{UNREADABLE}: {explain(error)}; deliver it again") from error
    for magic, name in MAGIC.items():
        if start.startswith(magic):
            raise RefusedError(f"{UNREADABLE}: its content is {name}")
    encoding = feed.settings.encoding or encoding_of(start)
    if encoding == "utf-16-le" and start.startswith(codecs.BOM_UTF16_BE):
        encoding = "utf-16-be"
    lines = first_lines(start, encoding)
    if not any(line.strip() for line in lines):
        raise RefusedError("the file is empty: not even a header line")
    return find_header(feed, lines, encoding)


def encoding_of(start: bytes) -> str:
    """UTF-16 by its byte order mark or by the NUL bytes beside its ASCII letters, else UTF-8.

    Whether what seems to be UTF-8 is Windows-1252 is only known once all of the file was seen.
    """
    if start.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if start.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    few = start[:4096]
    first, second = few[::2].count(0), few[1::2].count(0)
    if second * 5 > len(few) and first * 10 < second:
        return "utf-16-le"
    if first * 5 > len(few) and second * 10 < first:
        return "utf-16-be"
    return "utf-8"


def first_lines(start: bytes, encoding: str) -> list[str]:
    """The first lines of a text, each with its end.

    Args:
        start: the first bytes.
        encoding: of the file.
    """
    if encoding == "utf-8":
        start = b"".join(start.splitlines(keepends=True)[: HEAD_LINES + HEADER_LINES])
        try:
            text = codecs.getincrementaldecoder("utf-8")().decode(start)
        except UnicodeDecodeError:
            text = start.decode("cp1252", "replace")
    else:
        text = codecs.getincrementaldecoder(encoding)("replace").decode(start)
    lines = LINE.findall(text.removeprefix("\ufeff"))
    return lines[: HEAD_LINES + HEADER_LINES]


def rows_of(lines: Sequence[str], delimiter: str) -> Iterator[Header]:
    """Each of the first lines as if it were a header; blank ones, and what is none, are left out.

    Args:
        lines: the first lines.
        delimiter: what is between two cells.
    """
    titles = 0
    for number, line in enumerate(lines[:HEAD_LINES]):
        if not line.strip():
            continue
        reader = csv.reader(
            lines[number : number + HEADER_LINES], delimiter=delimiter, skipinitialspace=True
        )
        try:
            names = next(reader)
        except csv.Error:  # a cell that never ends
            names = []
        if names:
            yield Header(names, number + reader.line_num, titles, delimiter)
        titles += not names or any(name.strip() for name in names)


def find_header(feed: Feed, lines: Sequence[str], encoding: str) -> Header:
    """The first line that fits the contract, with the one delimiter with which a line does.

    Args:
        feed: the feed.
        lines: the first lines of the text.
        encoding: of the file.

    Returns:
        If none fits: the line with the most columns of the contract.

    Raises:
        RefusedError: there are two delimiters with which a line fits.
    """
    fitting: list[Header] = []
    nearest, most = None, -1
    wanted = feed.settings.header_line
    for delimiter in [feed.settings.delimiter] if feed.settings.delimiter else DELIMITERS:
        for header in rows_of(lines, delimiter):
            if wanted is not None and header.line < wanted:
                continue
            if fits(feed, header.names):
                if len(header.names) > 1 or delimiter == ",":
                    fitting.append(header)
                break
            found = [column for column in match_columns(feed, header.names) if column]
            if len(set(found)) > most:
                nearest, most = header, len(set(found))
            if wanted is not None:
                break
    if len(fitting) > 1:
        told = " and ".join(
            f"{DELIMITERS[header.delimiter]} (line {header.line})" for header in fitting
        )
        raise RefusedError(f"the header fits with two delimiters, {told}; keep one header")
    chosen = fitting[0] if fitting else nearest
    if chosen is None and not any(line.strip() for line in lines[:HEAD_LINES]):
        raise RefusedError(
            f"the first {HEAD_LINES} lines are blank; deliver the file with its header as line 1"
        )
    if chosen is None:
        raise RefusedError(
            f"{UNREADABLE}: line 1 is not a header (a cell never ends); deliver a header"
        )
    if any("\0" in name for name in chosen.names):
        raise RefusedError(
            f"{UNREADABLE}: line {chosen.line} holds NUL bytes; deliver CSV as UTF-8"
        )
    return Header(chosen.names, chosen.line, chosen.titles, chosen.delimiter, encoding)
