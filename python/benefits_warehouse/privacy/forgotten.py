"""Persons who are forgotten: a list of keyed tokens, and the landed rows that it empties.

The list, `restricted/forgotten`, holds no name, address or number: each line is the SHA-256 of the
pepper and one identifier. The first line is the token of nothing, so that a list which another
pepper made is refused, and does not let everybody come back in silence.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from benefits_warehouse.landing.contract import LINEAGE, Feed
from benefits_warehouse.privacy.cleaning import cleaned
from benefits_warehouse.sql import file_order, identifier, only_row, quoted
from benefits_warehouse.whole_files import PRIVATE_FILE, replacing, write_text

LIST = "forgotten"
# What can say whose a row is. A column of a feed that does has the same name (var feeds).
KINDS = ("person_id", "employee_id", "email", "benefit_account_id")


def tidy(value: str, kind: str) -> str:
    """SQL of a delivered value as it is compared: tidy, addresses in lower case.

    Args:
        value: SQL of the text.
        kind: one of KINDS, or name.
    """
    tidied = cleaned("tidy_text", value)
    return f"lower({tidied})" if kind == "email" else tidied


def token(value: str, kind: str) -> str:
    """SQL of the token of a delivered value; the pepper is a variable of the session, never text.

    Another one than the e-mail's token in the marts, so that the list does not lead there.

    Args:
        value: SQL of the text.
        kind: one of KINDS.
    """
    pepper = "getvariable('forgotten_pepper')"
    keyed = f"sha256({pepper} || chr(31) || {quoted(kind)} || chr(31) || {tidy(value, kind)})"
    return f"case when {pepper} is null then error('no pepper: nobody is found') else {keyed} end"


def pattern_of(values: Iterable[str]) -> str:
    """A regular expression that finds values as whole words, whatever their case."""
    edge = r"[^\p{L}\p{N}]"
    escaped = "|".join(re.escape(value) for value in sorted(values))
    return f"(?i)(^|{edge})({escaped})({edge}|$)"


def list_pepper(pepper: str) -> str:
    """The pepper of the list: that of the tokens, or the one before where it was changed since."""
    return os.environ.get("DBT_ENV_SECRET_FORGOTTEN_PEPPER") or pepper


def check_token(pepper: str) -> str:
    """The first line of a list that this pepper made."""
    return hashlib.sha256(f"{pepper}\x1fnothing\x1f".encode()).hexdigest()


def check_list(restricted: Path, pepper: str) -> None:
    """Refuse a list that another pepper made.

    Args:
        restricted: the folder `restricted` of the warehouse.
        pepper: see list_pepper.

    Raises:
        RuntimeError: nobody on the list could be found; nothing was changed.
    """
    path = restricted / LIST
    if path.exists() and path.read_text().split("\n", 1)[0] != check_token(pepper):
        raise RuntimeError(
            "The list of forgotten persons was made with another pepper, so that they would come "
            "back with the next delivery. Nothing was changed. Set DBT_ENV_SECRET_PII_PEPPER (or "
            "the file restricted.pepper) as it was, or keep the old one in "
            "DBT_ENV_SECRET_FORGOTTEN_PEPPER."
        )


class Forgotten:
    """The list, and what it does to Parquet files of landed rows.

    Args:
        connection: DuckDB connection with the variable forgotten_pepper; only reads, temporary
            tables and COPY are used on it.
        restricted: the folder `restricted` of the warehouse.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, restricted: Path) -> None:
        self.connection = connection
        self.path = restricted / LIST
        self.tokens = set(self.path.read_text().split("\n")[1:]) if self.path.exists() else set()
        self.write_table()

    @property
    def is_empty(self) -> bool:
        """True where nobody is forgotten."""
        return not self.tokens

    def write_table(self) -> None:
        """Make the temporary table `forgotten` of the tokens."""
        self.connection.execute(
            "create or replace temp table forgotten as select unnest(?::varchar[]) as token",
            [sorted(self.tokens)],
        )

    def add(self, who: Mapping[str, Iterable[str]], pepper: str) -> None:
        """Add a person's identifiers, by kind, to the list.

        Args:
            who: identifiers by kind.
            pepper: see list_pepper.
        """
        for kind, values in who.items():
            rows = self.connection.execute(
                f"select {token('value', kind)} from (select unnest(?::varchar[]) as value)",
                [sorted(values)],
            ).fetchall()
            self.tokens.update(row[0] for row in rows)
        lines = [check_token(pepper), *sorted(self.tokens)]
        write_text(self.path, "\n".join(lines), PRIVATE_FILE)
        self.write_table()

    def of_forgotten(self, feed: Feed, rows: str) -> str | None:
        """A SQL condition: which rows of a feed are of forgotten persons.

        Tokens are made of distinct values, of which a column has far fewer than rows.

        Args:
            feed: the feed.
            rows: SQL of its rows, to look for the values that are on the list.

        Returns:
            The condition, true or false and never null; None where no row is.
        """
        conditions = []
        for kind in feed.identifies:
            column, table = identifier(kind), f"forgotten_{kind}"
            self.connection.execute(
                f"""create or replace temp table {table} as
                select value from (select distinct {column} as value from {rows})
                where {token("value", kind)} in (select token from forgotten)"""
            )
            if self.connection.execute(f"select 1 from {table} limit 1").fetchone():
                conditions.append(f"coalesce({column} in (select value from {table}), false)")
        return f"({' or '.join(conditions)})" if conditions else None

    def erase(self, feed: Feed, path: Path) -> int:
        """Empty the rows of forgotten persons in a file of landed rows.

        A row keeps its place and its lineage, since that is its number in a delta feed, and so that
        counts add up. What a snapshot says of an absence goes as a whole.

        Args:
            feed: the feed.
            path: Parquet file of its landed rows; it is replaced where one is of such a person.

        Returns:
            The number of rows emptied now.
        """
        rows = f"read_parquet({quoted(path)})"
        condition = self.of_forgotten(feed, rows)
        if condition is None:
            return 0
        columns = [
            row[0] for row in self.connection.execute(f"describe select * from {rows}").fetchall()
        ]
        kept = set(LINEAGE) - {"content_hash", "change"}
        emptied = ", ".join(
            f"case when is_of_forgotten then {quoted('erased') if c == 'change' else 'null'} "
            f"else {identifier(c)} end as {identifier(c)}"
            for c in columns
            if c not in kept
        )
        (found,) = only_row(
            self.connection,
            f"select count(*) from {rows} where {condition} and change = 'upsert'",
        )
        self.rewrite(
            path,
            f"""select * exclude (is_of_forgotten) replace ({emptied})
            from (select *, {condition} as is_of_forgotten from {rows})
            where not is_of_forgotten or change = 'upsert'""",
        )
        return int(found)

    def lines_named(self, pattern: str = "") -> str:
        """SQL: which malformed lines name forgotten persons.

        Args:
            pattern: what to look for besides the list, see pattern_of.
        """
        cells = "string_split_regex(raw_line, '[,;|\\t\"]+')"
        tokens = " || ".join(
            f"list_transform({cells}, lambda cell: {token('cell', kind)})" for kind in KINDS
        )
        names = f"list_has_any({tokens}, (select list(token) from forgotten))"
        return names + f" or regexp_matches(raw_line, {quoted(pattern)})" * bool(pattern)

    def erase_lines(self, path: Path, pattern: str = "") -> int:
        """Drop the text of malformed lines that name forgotten persons; the lines stay counted.

        Args:
            path: Parquet file of malformed lines.
            pattern: what to look for besides the list, see pattern_of.

        Returns:
            The number of lines whose text was dropped now.
        """
        return self.erase_text(path, "raw_line", self.lines_named(pattern))

    def erase_mentions(self, path: Path, column: str, pattern: str) -> int:
        """Drop free text of others' rows that names a person; returns the number of rows.

        Args:
            path: Parquet file of landed rows.
            column: column of free text.
            pattern: what to look for, see pattern_of.
        """
        names = f"regexp_matches({identifier(column)}, {quoted(pattern)})"
        return self.erase_text(path, column, names)

    def count_text(self, path: Path, column: str, names: str) -> int:
        """In how many rows of a file a condition on the text of a column holds.

        Args:
            path: Parquet file.
            column: column of text.
            names: SQL condition.
        """
        (found,) = only_row(
            self.connection,
            f"select count(*) from read_parquet({quoted(path)}) "
            f"where {identifier(column)} is not null and ({names})",
        )
        return int(found)

    def erase_text(self, path: Path, column: str, names: str) -> int:
        """Null a column where a condition on its text holds; returns in how many rows.

        Args:
            path: Parquet file.
            column: column of text.
            names: SQL condition.
        """
        found, text = self.count_text(path, column, names), identifier(column)
        if found:
            kept = f"case when not coalesce({names}, false) then {text} end"
            self.rewrite(
                path, f"select * replace ({kept} as {text}) from read_parquet({quoted(path)})"
            )
        return found

    def rewrite(self, path: Path, query: str) -> None:
        """Replace a Parquet file at once by the rows of a query, in their order.

        Args:
            path: Parquet file.
            query: SQL of the rows that it holds from now on.
        """
        with replacing(path, PRIVATE_FILE) as part, file_order(self.connection):
            self.connection.execute(f"copy ({query}) to {quoted(part)} (format parquet)")
