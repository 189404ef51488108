"""What a feed promises, and how the header of a file is matched to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from benefits_warehouse.feeds import Feed as DeclaredFeed
from benefits_warehouse.landing.files import Part, RefusedError
from benefits_warehouse.landing.settings import Settings

NOT_COMPARED = re.compile(r"[\s\u200b\ufeff\0_#.()-]")
LINEAGE = {
    "file_id": "bigint",
    "load_id": "bigint",
    "source_file": "varchar",
    "source_row": "bigint",
    "loaded_at": "timestamp",
    "content_hash": "ubigint",
    "change": "varchar",
    "landed_format": "integer",
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
        aliases: delivered header, as label_of gives it, to contract column.
        needs: lists of optional columns, of which a file must have all of one.
        identifies: columns that tell which person or account a row is of.
        mentions: columns of free text that is never shown, such as notes.
        words: columns that hold no id, no number and no day: what may have moved into them shows.
        speaks_for: column of the company, where a snapshot speaks only for those that it mentions.
        email: column of an e-mail address, whose domain tells the company where that is missing.
        emails: all columns of e-mail addresses, which get a token beside them.
        days: columns of days and timestamps, each with its type.
        sender: the sender, '' where a feed has one only.
        settings: how the files of the sender are read.
    """

    source: str
    name: str
    mode: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    optional: frozenset[str]
    aliases: Mapping[str, str]
    identifies: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    speaks_for: str | None = None
    email: str | None = None
    emails: tuple[str, ...] = ()
    days: tuple[tuple[str, str], ...] = ()
    sender: str = ""
    settings: Settings = field(default_factory=Settings)

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
            mentions=declared.masked("hidden"),
            words=tuple(
                name
                for name, column in declared.columns.items()
                if column.kind in ("name", "email", "text", "ein") and not column.identifies
            ),
            needs=declared.needs,
            speaks_for=declared.speaks_for,
            email=next(iter(declared.masked("email")), None),
            emails=tuple(n for n, column in declared.columns.items() if column.kind == "email"),
            days=tuple(
                (name, column.type)
                for name, column in declared.columns.items()
                if column.type in ("date", "timestamp")
            ),
        )


def label_of(delivered: str) -> str:
    """A delivered header as it is compared: "Last Updated" and "LAST_UPDATED" are one name.

    Case, blanks, line breaks, invisible letters, underscores, hyphens and # . ( ) do not count.
    """
    return NOT_COMPARED.sub("", delivered).lower()


def match_columns(feed: Feed, header: Sequence[str]) -> list[str | None]:
    """The contract column of each delivered one, by name or alias; None where there is none.

    Args:
        feed: the feed.
        header: the delivered names.
    """
    wanted = {label_of(column): column for column in feed.columns}
    labels = [label_of(delivered) for delivered in header]
    return [wanted.get(label) or feed.aliases.get(label) for label in labels]


def fits(feed: Feed, names: Sequence[str]) -> bool:
    """True for a header with each required column, and none of them twice.

    Args:
        feed: the feed.
        names: the delivered names.
    """
    found = [column for column in match_columns(feed, names) if column]
    is_whole = feed.optional.union(found).issuperset(feed.columns) and has_needed(feed, found)
    return is_whole and len(set(found)) == len(found)


def has_needed(feed: Feed, found: Collection[str]) -> bool:
    """True where all columns of one of the lists in feed.needs are there.

    Args:
        feed: the feed.
        found: columns that a file has.
    """
    return not feed.needs or any(set(several) <= set(found) for several in feed.needs)


def match_header(feed: Feed, part: Part) -> None:
    """Match delivered names to the contract, by name or alias, as label_of compares them.

    Fills the columns of the part. No delivered name enters a reason: a file without a header has
    personal data where it should be.

    Raises:
        RefusedError: duplicate column, or a required column is missing.
    """
    header, columns = part.header, part.columns
    line = f"line {header.line}: " if header.line and part.file.kind != "parquet" else ""
    for position, column in enumerate(match_columns(feed, header.names)):
        if column is None:
            columns.added.append(header.names[position].strip())
            columns.last_added = position
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
            f"{line}required column missing: {', '.join(required)}; {header_advice(part)}"
        )
    if not has_needed(feed, columns.positions):
        told = ", or ".join(" and ".join(several) for several in feed.needs)
        raise RefusedError(f"{line}required column missing: {told}; {header_advice(part)}")


def header_advice(part: Part) -> str:
    """What to do about columns that are missing."""
    if any("\n" in cell for cell in part.header.names):
        return "a quote in the header is not closed: deliver it again"
    if not part.columns.positions:
        return (
            "none of the columns is there: deliver the file with its header as line 1, or name its "
            "columns in the seed column_aliases"
        )
    return "deliver it, or name its header in the seed column_aliases"
