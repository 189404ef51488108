"""Which feed a file is of, and which of its columns is which."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benefits_warehouse.check.synonyms import synonyms_of
from benefits_warehouse.landing.contract import Feed, has_needed, label_of
from benefits_warehouse.landing.files import File, Header, RefusedError
from benefits_warehouse.landing.reading import Reader

LIKE = 0.8  # how alike two names must be to be taken for one


@dataclass
class Match:
    """How the header of a file fits a feed.

    Args:
        feed: the feed.
        header: what the file begins with.
        found: column to its delivered name and by what it was matched: name, alias or guess.
        unknown: delivered names that mean no column.
        unsure: column to the delivered names that it might be.
    """

    feed: Feed
    header: Header
    found: dict[str, tuple[str, str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    unsure: dict[str, list[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """source.feed."""
        return f"{self.feed.source}.{self.feed.name}"

    @property
    def missing(self) -> list[str]:
        """Required columns that nothing was found for."""
        missing = [
            column
            for column in self.feed.columns
            if column not in self.found and column not in self.feed.optional
        ]
        if not has_needed(self.feed, self.found):
            missing.append(", or ".join(" and ".join(several) for several in self.feed.needs))
        return missing

    @property
    def score(self) -> float:
        """How well it fits, from 0 to 1: required columns count most, and guesses half."""
        weights = {c: 0.25 if c in self.feed.optional else 1.0 for c in self.feed.columns}
        got = sum(
            weights[column] * (0.5 if by == "guess" else 1.0)
            for column, (_, by) in self.found.items()
        )
        return got / sum(weights.values()) - 0.01 * len(self.unknown)

    @property
    def guesses(self) -> dict[str, str]:
        """Delivered name to the column that it is taken for."""
        return {name: column for column, (name, by) in self.found.items() if by == "guess"}


def guessing(feed: Feed) -> Feed:
    """A feed that knows the synonyms of its columns as well, to find the header of a file.

    Args:
        feed: the feed.
    """
    name = f"{feed.source}.{feed.name}"
    words = {
        label_of(word): column
        for column in reversed(feed.columns)
        for word in synonyms_of(name, column)
    }
    return replace(feed, aliases={**words, **feed.aliases})


def read(reader: Reader, feed: Feed, file: File) -> Header:
    """The header of a file as it fits a feed best, its synonyms taken for names.

    Args:
        reader: reads headers.
        feed: the feed.
        file: the file.

    Raises:
        RefusedError: there is none, or the file can't be read.
    """
    header = reader.read_header(guessing(feed), file)
    if file.kind == "text" and len(header.names) == 1:
        raise RefusedError("no line of the first 20 has columns of a feed")
    return header


def match(feed: Feed, header: Header) -> Match:
    """How a header fits a feed: by names and aliases, else by synonyms and likeness.

    Args:
        feed: the feed.
        header: what the file begins with.
    """
    result = Match(feed, header)
    names = {column: label_of(column) for column in feed.columns}
    open_names = [name.strip() for name in header.names if name.strip()]
    for name in list(open_names):
        label = label_of(name)
        column = next((c for c, own in names.items() if own == label), None)
        by = "name" if column else "alias"
        column = column or feed.aliases.get(label)
        if column and column not in result.found:
            result.found[column] = name, by
            open_names.remove(name)
    for column in feed.columns:
        if column in result.found:
            continue
        several = candidates(feed, column, open_names)
        if len(several) == 1:
            result.found[column] = several[0], "guess"
            open_names.remove(several[0])
        elif several:
            result.unsure[column] = several
    result.unknown = open_names
    return result


def candidates(feed: Feed, column: str, names: Sequence[str]) -> list[str]:
    """The delivered names that may mean a column, by synonyms, else by likeness.

    Args:
        feed: the feed.
        column: a column that has no name yet.
        names: delivered names that mean nothing yet.
    """
    words = [label_of(word) for word in synonyms_of(f"{feed.source}.{feed.name}", column)]
    known = [name for name in names if label_of(name) in words]
    if known:
        best = min(words.index(label_of(name)) for name in known)
        return [name for name in known if words.index(label_of(name)) == best]
    wanted = [label_of(column), *words]
    return [name for name in names if difflib.get_close_matches(label_of(name), wanted, 1, LIKE)]


def nearest(name: str, feed: Feed) -> str:
    """The column whose name is most like a delivered one; '' where none is like it."""
    near = difflib.get_close_matches(label_of(name), [label_of(c) for c in feed.columns], 1, 0.5)
    return next((c for c in feed.columns if near and label_of(c) == near[0]), "")


def all_matches(
    reader: Reader, feeds: Mapping[str, Feed], file: File
) -> Iterator[Match | RefusedError]:
    """How a file fits each feed.

    Args:
        reader: reads headers.
        feeds: the feeds.
        file: the file.
    """
    for feed in feeds.values():
        try:
            yield match(feed, read(reader, feed, file))
        except RefusedError as error:
            yield error


def alias_lines(found: Match) -> list[str]:
    """The lines of column_aliases that make guesses certain."""
    return [
        csv_line(found.feed.source, found.feed.name, name, column)
        for name, column in found.guesses.items()
    ]


def csv_line(*cells: str) -> str:
    """Cells as a line of CSV."""
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(cells)
    return written.getvalue()


def aliases_in(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    """The seed column_aliases: label of a delivered name to column, by source and feed.

    Args:
        path: the CSV.
    """
    found: dict[tuple[str, str], dict[str, str]] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            place = found.setdefault((row["source"], row["feed"]), {})
            place[label_of(row["delivered_name"])] = row["column_name"]
    return found
