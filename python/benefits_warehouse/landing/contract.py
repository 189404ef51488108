"""What a feed promises, and how the header of a file is matched to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benefits_warehouse.feeds import Feed as DeclaredFeed
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

    @classmethod
    def of(
        cls,
        name: str,
        declared: DeclaredFeed,
        mode: str | None = None,
        spellings: Mapping[tuple[str, str], Mapping[str, str]] | None = None,
    ) -> Feed:
        """The feed of a name, `source.feed`, as it is declared; `mode` overrides its own."""
        source, part = name.split(".")
        return cls(
            source=source,
            name=part,
            mode=mode or declared.mode,
            key=declared.key,
            columns=tuple(declared.columns),
            optional=frozenset(declared.having("optional")),
            aliases=(spellings or {}).get((source, part), {}),
            identifies=declared.having("identifies"),
        )


def label_of(delivered: str) -> str:
    """A delivered header as it is compared: invisible letters, case and outer blanks aside."""
    visible = re.sub("[\u200b\ufeff\0]", "", delivered.replace("\u00a0", " "))
    return " ".join(visible.split()).lower()


def match_columns(feed: Feed, header: Sequence[str]) -> list[str | None]:
    """The contract column of each delivered one, by name or alias; None where there is none.

    Args:
        feed: the feed.
        header: the delivered names.
    """
    wanted = {column.lower(): column for column in feed.columns}
    labels = [label_of(delivered) for delivered in header]
    return [wanted.get(label) or feed.aliases.get(label) for label in labels]


def match_header(feed: Feed, part: Part) -> None:
    """Match delivered names to the contract, by name or alias, case and outer blanks ignored.

    Fills the columns of the part. No delivered name enters a reason: a file without a header has
    personal data where it should be.

    Raises:
        RefusedError: wrong delimiter, duplicate column, or a required column is missing.
    """
    header, columns = part.header, part.columns
    line = "" if part.file.is_parquet else f"line {header.line}: "
    if len(header.names) == 1:
        for mark, name in WRONG_DELIMITERS.items():
            if mark in header.names[0]:
                raise RefusedError(
                    f"{line}wrong delimiter: columns are separated by {name}, not commas; "
                    "deliver commas"
                )
    for position, column in enumerate(match_columns(feed, header.names)):
        if column is None:
            columns.added.append(header.names[position].strip())
        elif column in columns.positions:
            raise RefusedError(
                f"{line}column {column} is delivered twice, as columns "
                f"{columns.positions[column] + 1} and {position + 1}; keep one"
            )
        else:
            columns.positions[column] = position
    columns.missing = [column for column in feed.columns if column not in columns.positions]
    required = [column for column in columns.missing if column not in feed.optional]
    if required:
        columns.missing = required
        raise RefusedError(
            f"{line}required column missing: {', '.join(required)}; "
            f"{header_advice(feed, part, required)}"
        )


def header_advice(feed: Feed, part: Part, required: Sequence[str]) -> str:
    """What to do about missing columns, from what else the file begins with.

    Args:
        feed: the feed.
        part: the file, with its header.
        required: the columns that it lacks.
    """
    for line, row in part.header.below:
        found = set(match_columns(feed, row))
        if found.issuperset(required):
            return f"the header seems to be line {line}: deliver the file without what is above it"
    if any("\n" in cell for cell in part.header.names):
        return "a quote in the header is not closed: deliver it again"
    if not part.columns.positions:
        return "none of the columns is there: deliver the file with its header as line 1"
    return "deliver it, or name its header in the seed column_aliases"
