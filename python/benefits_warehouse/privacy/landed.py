"""The landed rows of a warehouse as an erasure sees them, and how it empties those of a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from benefits_warehouse.feeds import Feed as DeclaredFeed
from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.landing.intact import forget_notes
from benefits_warehouse.privacy.forgotten import (
    TELLING,
    Forgotten,
    spelled,
    tidy,
)
from benefits_warehouse.privacy.mentions import Mentions, left_of, mentioned
from benefits_warehouse.privacy.plan import Plan
from benefits_warehouse.sql import identifier, only_row, quoted


class LandedRows:
    """The landed rows of all feeds.

    Args:
        connection: DuckDB connection with the restricted database attached.
        folder: ``<warehouse>/restricted/landing``.
        registry: the feeds as they are declared.
        feeds: the same as far as landing knows it, see contract.Feed.of.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        folder: Path,
        registry: Mapping[str, DeclaredFeed],
        feeds: Mapping[str, Feed],
    ) -> None:
        self.connection = connection
        self.folder = folder
        self.registry = registry
        self.feeds = feeds

    def query(self, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self.connection.execute(sql, parameters).fetchall()

    def count(self, sql: str) -> int:
        """The number of rows that a from clause, with or without conditions, gives."""
        return int(only_row(self.connection, f"select count(*) {sql}")[0])

    def personal(self) -> dict[str, Feed]:
        """The feeds that name persons."""
        return {name: feed for name, feed in self.feeds.items() if feed.identifies}

    def columns(self, name: str, path: Path | None = None) -> set[str]:
        """The columns of the landed rows of a feed; none where nothing has landed.

        Args:
            name: source.feed.
            path: one file, which may lack columns that an older version did not know; else all.
        """
        if not self.files(name):
            return set()
        rows = f"read_parquet({quoted(path)})" if path else self.rows(name)
        return {row[0] for row in self.query(f"describe select * from {rows}")}

    def texts(self, name: str, path: Path | None = None) -> list[str]:
        """The columns of a feed in which others may say something of a person.

        Args:
            name: source.feed.
            path: see columns.
        """
        declared, landed = self.registry[name], self.columns(name, path)
        found = (*declared.having("free_text"), *declared.masked("hidden"))
        return [column for column in found if column in landed]

    def left_of(self, name: str, column: str) -> str:
        """SQL of what is left of a text of a feed that names the person, see Mentions.

        Args:
            name: source.feed.
            column: one of texts: a note goes as a whole.
        """
        says = self.registry[name].columns[column]
        return "null" if says.pii else left_of(identifier(column), column in self.compared())

    def compared(self) -> set[str]:
        """Columns of text by which rows are told apart, or found in another feed, as types are."""
        return {
            column
            for feed in self.registry.values()
            for column in feed.having("free_text")
            if feed.columns[column].key or column.endswith("_type")
        }

    def of(self, name: str, who: Mapping[str, Iterable[str]], path: Path | None = None) -> str:
        """SQL condition: which landed rows of a feed are of a person, see of_person and columns."""
        landed = self.columns(name, path)
        words = [column for column in self.feeds[name].words if column in landed]
        return of_person(self.feeds[name], who, words)

    def rows(self, name: str, options: str = "") -> str:
        """SQL of the landed rows of a feed.

        Args:
            name: source.feed.
            options: further options of read_parquet, each after a comma.
        """
        pattern = self.folder / name.replace(".", "/") / "*.parquet"
        return f"read_parquet({quoted(pattern)}, union_by_name = true{options})"

    def lines(self) -> str:
        """SQL of the malformed lines of all feeds."""
        pattern = self.folder / "rejected_lines" / "*.parquet"
        return f"read_parquet({quoted(pattern)}, union_by_name = true)"

    def files(self, name: str) -> list[Path]:
        """The Parquet files of a feed, or of rejected_lines."""
        return sorted((self.folder / name.replace(".", "/")).glob("*-*.parquet"))

    def erased_rows(self, name: str) -> dict[int, int]:
        """How many rows of each file of a feed, by file_id, are emptied, ever."""
        return dict(
            self.query(
                f"select file_id, count(*) from {self.rows(name)} "
                "where change = 'erased' group by file_id"
            )
        )

    def emptied_ids(self, name: str) -> str:
        """SQL of the row_id of each emptied row of a feed."""
        return (
            "select file_id * 100000000000 + coalesce(source_row, file_row_number + 1) "
            f"from {self.rows(name, ', file_row_number = true')} where change = 'erased'"
        )


def of_person(feed: Feed, who: Mapping[str, Iterable[str]], columns: Iterable[str] = ()) -> str:
    """SQL condition: which rows of a feed are of a person, named in clear.

    Args:
        feed: the feed.
        who: identifiers by kind, see forgotten.KINDS.
        columns: further columns, of which one that holds nothing but an address or a telling id of
            the person says that the cells of the row moved.

    Returns:
        The condition in parentheses; true or false and never null.
    """
    parts = ["false"]
    for kind in feed.identifies:
        parts += [same(kind, kind, value) for value in sorted(who[kind])]
        for column in columns:
            parts += [
                same(column, kind, value)
                for value in sorted(who[kind])
                if kind == "email" or (len(value) >= TELLING and re.search(r"[^\W\d]", value))
            ]
    return f"({' or '.join(parts)})"


def same(column: str, kind: str, value: str) -> str:
    """SQL condition: a column holds an identifier, however it is spelled; never null."""
    return (
        f"coalesce({tidy(identifier(column), kind)} = {quoted(value)} "
        f"or {spelled(identifier(column), kind)} = {spelled(quoted(value), kind)}, false)"
    )


class LandedEraser:
    """Empties the landed rows of a person, and puts the person on the list.

    Args:
        landed: the landed rows.
        forgotten: the list.
        pepper: that of the list, see forgotten.list_pepper.
    """

    def __init__(self, landed: LandedRows, forgotten: Forgotten, pepper: str) -> None:
        self.landed = landed
        self.forgotten = forgotten
        self.pepper = pepper

    def erase(self, plan: Plan, save: Callable[[], None]) -> dict[str, list[int]]:
        """Put the person on the list, and empty what was landed; doing it twice does no harm.

        Args:
            plan: what is to be done; the malformed lines by feed are filled in.
            save: writes the plan down, once these are counted and before the first one is gone.

        Returns:
            Feed to the numbers of rows and of malformed lines that the whole erasure emptied.
        """
        self.forgotten.add(plan.who, self.pepper)
        forget_notes(self.landed.folder)
        mentions = Mentions(self.landed.connection, plan)
        mentions.note(f"select raw_line from {self.landed.lines()}")
        if plan.lines is None:  # counted before the first is gone, or a kill would lose count
            plan.lines = self.count_lines()
            save()
        for path in self.landed.files("rejected_lines"):
            self.forgotten.erase_lines(path, mentioned("raw_line"))
        for name, feed in self.landed.personal().items():
            self.forget_presence(name, self.landed.of(name, plan.who))
            for path in self.landed.files(name):
                self.forgotten.erase(feed, path, self.landed.of(name, plan.who, path))
        for name in self.landed.feeds:
            for column in self.landed.texts(name):
                self.erase_mentions(mentions, name, column)
        return self.erased_now(plan.lines)

    def erase_mentions(self, mentions: Mentions, name: str, column: str) -> None:
        """Take the person out of what the rows of others say in a column.

        Args:
            mentions: those of the person.
            name: source.feed.
            column: see LandedRows.texts.
        """
        landed, text = self.landed, identifier(column)
        if mentions.note(f"select {text} from {landed.rows(name)}"):
            for (path,) in landed.query(
                f"select distinct filename from {landed.rows(name, ', filename = true')} "
                f"where {mentioned(text)}"
            ):
                left = landed.left_of(name, column)
                self.forgotten.erase_text(Path(path), column, mentioned(text), left)

    def forget_presence(self, name: str, condition: str) -> None:
        """Drop what is known of which deliveries held the rows of a person.

        Args:
            name: source.feed.
            condition: SQL, which of its rows are of the person.
        """
        source, feed = name.split(".")
        rows = self.landed.rows(name, ", file_row_number = true")
        for table in ("landing_presence", "landing_states"):
            self.landed.query(
                f"""delete from restricted.landing.{table}
                where source = {quoted(source)} and feed = {quoted(feed)}
                and (file_id, source_row) in (
                    select (file_id, coalesce(source_row, file_row_number + 1)) from {rows}
                    where {condition}
                )"""
            )

    def count_lines(self) -> dict[str, int]:
        """How many malformed lines of each feed name the person; those that do are noted."""
        lines: dict[str, int] = {}
        names = self.forgotten.lines_named(mentioned("raw_line"))
        for path in self.landed.files("rejected_lines"):
            ((source, feed),) = self.landed.query(
                f"select source, feed from {quoted(path)} limit 1"
            )
            found = self.forgotten.count_text(path, "raw_line", names)
            lines[f"{source}.{feed}"] = lines.get(f"{source}.{feed}", 0) + found
        return lines

    def erased_now(self, lines: Mapping[str, int]) -> dict[str, list[int]]:
        """What this erasure emptied: rows that the ledger does not count as erased yet, and lines.

        Args:
            lines: malformed lines by feed.
        """
        before = dict(
            self.landed.query(
                "select source || '.' || feed, coalesce(sum(erased), 0)::bigint "
                "from restricted.landing.landing_ledger group by all"
            )
        )
        return {
            name: [
                sum(self.landed.erased_rows(name).values()) - before.get(name, 0),
                lines.get(name, 0),
            ]
            for name, feed in self.landed.feeds.items()
            if feed.identifies or lines.get(name)
        }
