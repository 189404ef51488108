"""What a feed promises, and how the header of a file is matched to it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from benefits_warehouse.landing.files import Part, RefusedError

WRONG_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "pipes"}
LINEAGE = {
    "file_id": "bigint",
    "load_id": "bigint",
    "source_file": "varchar",
    "source_row": "bigint",
    "loaded_at": "timestamp",
    "content_hash": "ubigint",
    "change": "varchar",
}
LEDGER = {
    "file_id": "bigint",
    "origin": "varchar",
    "source": "varchar",
    "feed": "varchar",
    "mode": "varchar",
    "delivery": "varchar",
    "file": "varchar",
    "size": "bigint",
    "content_hash": "varchar",
    "status": "varchar",
    "reason": "varchar",
    "rows": "bigint",
    "rejected": "bigint",
    "landed": "bigint",
    "load_id": "bigint",
    "loaded_at": "timestamp",
    "added_columns": "varchar[]",
    "missing_columns": "varchar[]",
    "run_id": "varchar",
    "modified_ns": "bigint",
    "erased": "bigint",
}
REJECTED = {
    "file_id": "bigint",
    "source": "varchar",
    "feed": "varchar",
    "source_file": "varchar",
    "source_line": "bigint",
    "error_reason": "varchar",
    "raw_line": "varchar",
}


@dataclass(frozen=True)
class Feed:
    """What a feed promises to deliver.

    Args:
        source: source system.
        name: feed within the source.
        mode: ``snapshot`` (a delivery is the whole state) or ``delta``.
        key: key columns.
        columns: contract columns in their order.
        optional: contract columns that may be absent.
        aliases: delivered header (lower case) to contract column.
        identifies: columns that tell which person or account a row is of.
    """

    source: str
    name: str
    mode: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    optional: frozenset[str]
    aliases: Mapping[str, str]
    identifies: tuple[str, ...] = ()


def quoted(text: object) -> str:
    """A SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


@contextlib.contextmanager
def file_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Within, the engine keeps the order of rows, which the profile lets it forget."""
    before = connection.execute("select current_setting('preserve_insertion_order')").fetchone()
    connection.execute("set preserve_insertion_order = true")
    try:
        yield
    finally:
        connection.execute(f"set preserve_insertion_order = {before[0]}")


def label_of(delivered: str) -> str:
    """A delivered header as it is compared: invisible letters, case and outer blanks aside."""
    visible = re.sub("[\u200b\ufeff\0]", "", delivered.replace("\u00a0", " "))
    return " ".join(visible.split()).lower()


def match_columns(feed: Feed, header: Sequence[str]) -> list[str | None]:
    """The contract column of each delivered one, by name or alias; None where there is none."""
    wanted = {column.lower(): column for column in feed.columns}
    labels = [label_of(delivered) for delivered in header]
    return [wanted.get(label) or feed.aliases.get(label) for label in labels]


def match_header(feed: Feed, part: Part) -> None:
    """Match delivered names to the contract, by name or alias, case and outer blanks ignored.

    Fills ``positions`` (contract column to position), ``added`` and ``missing`` of the part. No
    delivered name enters a reason: a file without a header has personal data where it should be.

    Raises:
        RefusedError: wrong delimiter, duplicate column, or a required column is missing.
    """
    line = "" if part.is_parquet else f"line {part.header_line}: "
    if len(part.header) == 1:
        for mark, name in WRONG_DELIMITERS.items():
            if mark in part.header[0]:
                raise RefusedError(
                    f"{line}wrong delimiter: columns are separated by {name}, not commas; "
                    "deliver commas"
                )
    columns = match_columns(feed, part.header)
    for position, column in enumerate(columns):
        if column is None:
            part.added.append(part.header[position].strip())
        elif column in part.positions:
            raise RefusedError(
                f"{line}column {column} is delivered twice, as columns "
                f"{part.positions[column] + 1} and {position + 1}; keep one"
            )
        else:
            part.positions[column] = position
    part.missing = [column for column in feed.columns if column not in part.positions]
    required = [column for column in part.missing if column not in feed.optional]
    if required:
        part.missing = required
        raise RefusedError(
            f"{line}required column missing: {', '.join(required)}; "
            f"{header_advice(feed, part, required)}"
        )


def header_advice(feed: Feed, part: Part, required: Sequence[str]) -> str:
    """What to do about missing columns, from what else the file begins with."""
    for line, row in part.head[1:]:
        found = set(match_columns(feed, row))
        if found.issuperset(required):
            return f"the header seems to be line {line}: deliver the file without what is above it"
    if any("\n" in cell for cell in part.header):
        return "a quote in the header is not closed: deliver it again"
    if not part.positions:
        return "none of the columns is there: deliver the file with its header as line 1"
    return "deliver it, or name its header in the seed column_aliases"
