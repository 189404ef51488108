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
SEPARATOR = "\x1e"  # between the peppers of the list
TELLING = 6  # characters of an id that is searched for where ids don't belong
PLACE = "file_row_number"  # as the engine calls it
NOTHING = "[^\\s\\S]"  # a pattern that is found nowhere


def tidy(value: str, kind: str) -> str:
    """SQL of a delivered value as it is compared: tidy, addresses in lower case.

    Args:
        value: SQL of the text.
        kind: one of KINDS, or name.
    """
    tidied = cleaned("tidy_text", value)
    return f"lower({tidied})" if kind == "email" else tidied


def without_wide_signs(text: str) -> str:
    """SQL of a text with narrow letters, digits and signs in place of wide ones."""
    narrow_ones = "".join(map(chr, range(0x21, 0x7F)))
    wide_ones = "".join(map(chr, range(0xFF01, 0xFF5F)))
    return f"translate({text}, {quoted(wide_ones)}, {quoted(narrow_ones)})"


def spelled(value: str, kind: str) -> str:
    """SQL of a value without what is only spelling: letter case, wide letters, blanks, dashes.

    Args:
        value: SQL of the text.
        kind: one of KINDS; of an address, what mail programs put around it goes as well.
    """
    text = f"lower({without_wide_signs(value)})"
    text = rf"regexp_replace({text}, '[\s\p{{Z}}\p{{Cc}}\p{{Cf}}]', '', 'g')"
    text = rf"regexp_replace({text}, '[\p{{Pd}}−]', '-', 'g')"
    if kind == "email":
        text = f"""regexp_replace({text}, '^[<"]*(mailto:)?[<"]*|[>".]*$', '', 'g')"""
    return text


def keyed(text: str, kind: str) -> str:
    """SQL of the token of a text; the pepper is a variable of the session, never SQL text.

    Another one than the e-mail's token in the marts, so that the list does not lead there.

    Args:
        text: SQL of the text as it is compared.
        kind: one of KINDS.
    """
    peppers = f"string_split(getvariable('forgotten_pepper'), {quoted(SEPARATOR)})"
    first = f"sha256({peppers}[1] || chr(31) || {quoted(kind)} || chr(31) || {text})"
    made = (
        f"list_reduce(list_concat([{first}], {peppers}[2:]), "
        "lambda made, pepper: sha256(pepper || chr(31) || made))"
    )
    missing = "error('no pepper: nobody is found')"
    return f"case when getvariable('forgotten_pepper') is null then {missing} else {made} end"


def wrapped(made: str, pepper: str) -> str:
    """A token hashed once more, as keyed does with each pepper but the first."""
    return hashlib.sha256(f"{pepper}\x1f{made}".encode()).hexdigest()


def token(value: str, kind: str) -> str:
    """SQL of the token of a delivered value, as it is compared; see keyed."""
    return keyed(tidy(value, kind), kind)


def tokens(value: str, kind: str) -> str:
    """SQL of a list of the tokens of a delivered value: as it is compared, and as it is spelled.

    A list that an older version made has the first ones only.
    """
    return f"[{token(value, kind)}, {keyed(spelled(value, kind), kind)}]"


def on_list(value: str, kind: str) -> str:
    """SQL condition: a delivered value is of somebody on the list; false or null where it is not.

    Args:
        value: SQL of the text.
        kind: one of KINDS.
    """
    known = "(select token from forgotten)"
    other = keyed(spelled(value, kind), kind)
    return f"({token(value, kind)} in {known} or {other} in {known})"


def is_telling(value: str) -> str:
    """SQL condition: an id that no other cell has by chance: long enough, letters and digits."""
    return (
        f"(length({value}) >= {TELLING} and regexp_matches({value}, '\\p{{L}}')"
        f" or regexp_matches({value}, '\\p{{L}}') and regexp_matches({value}, '\\p{{Nd}}'))"
    )


def narrow(text: str) -> str:
    """SQL of a text as ids are searched: no wide signs, accents, hidden signs, one kind of dash."""
    seen = rf"regexp_replace({text}, '\p{{Cf}}', '', 'g')"
    plain = f"strip_accents({without_wide_signs(seen)})"
    return rf"regexp_replace({plain}, '[\p{{Pd}}−]', '-', 'g')"


def pattern_of(values: Iterable[str]) -> str:
    """A regular expression that finds values as whole words, whatever their case.

    Args:
        values: addresses and ids, narrow as the texts are; those of a few characters are left out,
            since they would be found in what others say. Around a dash there may be blanks.
    """
    edge = r"[^\p{L}\p{N}]"
    found = [
        re.escape(value).replace(r"\-", r"[\s\p{Z}]*-[\s\p{Z}]*")
        for value in sorted(values)
        if len(value) >= TELLING
    ]
    return f"(?i)(^|{edge})({'|'.join(found)})({edge}|$)" if found else NOTHING


def list_pepper(pepper: str, restricted: Path) -> str:
    """The peppers of the list, the oldest first, with SEPARATOR between them.

    Args:
        pepper: that of the tokens.
        restricted: the folder `restricted` of the warehouse, where a rotation leaves older ones.

    Returns:
        These and the pepper; DBT_ENV_SECRET_FORGOTTEN_PEPPER alone, where it is set.
    """
    older = restricted / f"{LIST}.peppers"
    known = older.read_text().split(SEPARATOR) if older.exists() else []
    return os.environ.get("DBT_ENV_SECRET_FORGOTTEN_PEPPER") or SEPARATOR.join([*known, pepper])


def check_token(peppers: str) -> str:
    """The first line of a list that these peppers made, see list_pepper."""
    first, *others = peppers.split(SEPARATOR)
    made = hashlib.sha256(f"{first}\x1fnothing\x1f".encode()).hexdigest()
    for pepper in others:
        made = wrapped(made, pepper)
    return made


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
                f"select unnest({tokens('value', kind)}) "
                "from (select unnest(?::varchar[]) as value)",
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
        places = [(kind, kind) for kind in feed.identifies]
        if "email" in feed.identifies:  # in a row that moved, the address stands elsewhere
            landed = {row[0] for row in self.connection.execute(f"describe from {rows}").fetchall()}
            others = landed & set(feed.columns) - {*feed.identifies, *feed.mentions}
            places += [(column, "email") for column in sorted(others)]
        conditions = []
        for place, kind in places:
            column, table = identifier(place), f"forgotten_{place}"
            addresses = f"where contains({column}, '@') or contains({column}, '＠')"
            self.connection.execute(
                f"""create or replace temp table {table} as
                select value from (
                    select distinct {column} as value from {rows}
                    {addresses if place != kind else ""}
                )
                where {on_list("value", kind)}"""
            )
            if self.connection.execute(f"select 1 from {table} limit 1").fetchall():
                conditions.append(f"coalesce({column} in (select value from {table}), false)")
        return f"({' or '.join(conditions)})" if conditions else None

    def erase(self, feed: Feed, path: Path, person: str = "") -> int:
        """Empty the rows of forgotten persons in a file of landed rows.

        A row keeps its place and its lineage, since that is its number in a delta feed, and so that
        counts add up. What a snapshot says of an absence goes as a whole.

        Args:
            feed: the feed.
            path: Parquet file of its landed rows; it is replaced where one is of such a person.
            person: SQL condition, which rows are of a person besides those on the list.

        Returns:
            The number of rows emptied now.
        """
        rows = f"read_parquet({quoted(path)})"
        condition = " or ".join(filter(None, [self.of_forgotten(feed, rows), person]))
        if not condition:
            return 0
        condition = f"({condition})"
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
            from (select *, {condition} as is_of_forgotten from {in_file(path)})
            where not is_of_forgotten or change = 'upsert'""",
        )
        return int(found)

    def lines_named(self, more: str = "") -> str:
        """SQL condition: which malformed lines name forgotten persons.

        Args:
            more: SQL condition, which lines do so besides.
        """
        cells = "list_distinct(string_split_regex(raw_line, '[,;|\\t\"]+'))"
        ids = f"list_filter({cells}, lambda cell: {is_telling('cell')})"
        found = " || ".join(
            f"flatten(list_transform({cells if kind == 'email' else ids}, "
            f"lambda cell: {tokens('cell', kind)}))"
            for kind in KINDS
        )
        names = f"list_has_any({found}, (select list(token) from forgotten))"
        return f"{names} or {more}" if more else names

    def erase_lines(self, path: Path, more: str = "") -> int:
        """Drop the text of malformed lines that name forgotten persons; the lines stay counted.

        Args:
            path: Parquet file of malformed lines.
            more: see lines_named.

        Returns:
            The number of lines whose text was dropped now.
        """
        return self.erase_text(path, "raw_line", self.lines_named(more))

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

    def erase_text(self, path: Path, column: str, names: str, instead: str = "null") -> int:
        """Replace a column where a condition on its text holds; returns in how many rows.

        Args:
            path: Parquet file.
            column: column of text.
            names: SQL condition.
            instead: SQL of what the text becomes there.
        """
        found, text = self.count_text(path, column, names), identifier(column)
        if found:
            kept = f"case when coalesce({names}, false) then {instead} else {text} end"
            self.rewrite(path, f"select * replace ({kept} as {text}) from {in_file(path)}")
        return found

    def rewrite(self, path: Path, query: str) -> None:
        """Replace a Parquet file at once by the rows of a query, in the order that they had.

        The order is asked for: a join, which a subquery becomes, may lose it.

        Args:
            path: Parquet file.
            query: SQL of the rows that it holds from now on, of in_file(path).
        """
        with replacing(path, PRIVATE_FILE) as part, file_order(self.connection):
            self.connection.execute(
                f"copy (select * exclude ({PLACE}) from ({query}) order by {PLACE}) "
                f"to {quoted(part)} (format parquet)"
            )


def in_file(path: Path) -> str:
    """SQL of the rows of a Parquet file, with their PLACE in it.

    Args:
        path: Parquet file.
    """
    return f"read_parquet({quoted(path)}, file_row_number = true)"
