"""The counts that a shared file holds: of each published table, by year and listed words.

The rows of a table are in one line a group of years, and a line is split once, into cells with the
same words. So there is nothing to subtract but the cells of a line from each other.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from benefits_warehouse.feeds import load_feeds
from benefits_warehouse.privacy.cells import groups_of_years, rest_of
from benefits_warehouse.privacy.restricted import PUBLISHED_STORAGE
from benefits_warehouse.privacy.shareable import (
    SHARED,
    Table,
    described,
    listed_words,
    table_of,
)
from benefits_warehouse.runtime.lake import attach_published
from benefits_warehouse.sql import identifier, only_row, quoted

PROFILE = "safe_harbor"
MARK = "shared_as"  # the table by which a file of ours is known
SOURCE = "45 CFR 164.514(b)(2), Safe Harbor: 18 kinds of identifiers"
Line = tuple[int | None, int | None, str]  # first and last year, and the SQL condition of its rows


class Counts:
    """Writes the counts of a published database to a new one.

    Args:
        published: path of analytics.duckdb; it is only read.
        goal: path of the new file, which nobody reads yet.
        least: the smallest number of persons that a count may be about.
    """

    def __init__(self, published: Path, goal: Path, least: int) -> None:
        self.least = least
        self.connection = duckdb.connect(config={"autoinstall_known_extensions": False})
        attach_published(self.connection, published.parent, "published")
        self.connection.execute(
            f"attach {quoted(goal)} as shared (storage_version {quoted(PUBLISHED_STORAGE)});"
            f"set temp_directory = {quoted(published.parent / 'restricted' / 'tmp')};"
            "set TimeZone = 'UTC'; create temp table words (word varchar, shown varchar);"
            "create table shared.report (table_name varchar, outcome varchar, lines bigint, "
            "small_cells bigint, cells_hidden_with_them bigint, columns_left_out varchar[])"
        )
        self.connection.executemany("insert into words values (?, ?)", [*listed_words().items()])

    def write(self) -> list[tuple[object, ...]]:
        """Write all tables that can be shared.

        Returns:
            The rows of the report.
        """
        feeds, known = load_feeds(), described()
        tables: dict[str, dict[str, list[str]]] = {}
        for schema, name, present in self.connection.execute(
            "select schema_name, table_name, list(column_name) from duckdb_columns() "
            "where database_name = 'published' and not internal group by all order by all"
        ).fetchall():
            tables.setdefault(schema, {})[name] = present
        for name, present in tables.get(SHARED, {}).items():
            columns = [column for column in known.get(name, ()) if column["name"] in present]
            self.write_table(table_of(name, columns, feeds))
        for schema in tables.keys() - {SHARED}:
            self.report(f"{schema}.*", "left out: rows as delivered, logs, names of files", [])
        rows = self.connection.execute("from shared.report order by all").fetchall()
        self.connection.execute(
            f"create table shared.{MARK} as select {quoted(PROFILE)} as profile, "
            f"{quoted(SOURCE)} as source, {self.least} as min_cell_size, "
            f"timestamp {quoted(dt.datetime.now(dt.UTC).replace(tzinfo=None))} as made_at"
        )
        self.connection.close()
        return rows

    def report(self, name: str, outcome: str, left_out: list[str], *counts: int) -> None:
        """Add a row to the report.

        Args:
            name: the table.
            outcome: what became of it.
            left_out: its columns of which nothing is shown.
            counts: lines, small cells, and cells that are hidden with them; all 0 by default.
        """
        self.connection.execute(
            "insert into shared.report values (?, ?, ?, ?, ?, ?)",
            [name, outcome, *(counts or (0, 0, 0)), left_out],
        )

    def write_table(self, table: Table) -> None:
        """Write what may be counted of a table, and report what may not."""
        if not table.subjects:
            self.report(table.name, "left out: its rows lead to no person or company", ["*"])
            return
        texts = [column for column in table.texts if self.is_listed(table, column)]
        left_out = [*table.left_out, *(name for name in table.texts if name not in texts)]
        self.make_base(table, texts)
        lines = self.lines()
        if not lines:
            self.report(table.name, f"left out: about fewer than {self.least}", ["*"])
            return
        small, with_them = self.find_rests(lines)
        self.write_counts(table, lines, [*texts, *table.flags])
        self.report(table.name, "counted", left_out, len(lines), small, with_them)

    def is_listed(self, table: Table, column: str) -> bool:
        """Whether most texts of a column are listed words; of those that are not, none is shown."""
        (known,) = only_row(
            self.connection,
            f"select coalesce(avg((lower({identifier(column)}) in (select word from words))::int), "
            f"0) from published.{SHARED}.{identifier(table.name)} "
            f"where {identifier(column)} is not null",
        )
        return bool(known >= 0.5)

    def make_base(self, table: Table, texts: list[str]) -> None:
        """Make the table `base`: rows and amounts by subject, year and words."""
        subject = f"coalesce({', '.join(map(identifier, table.subjects))})"
        year = f"year({identifier(table.year)})" if table.year else "null::bigint"
        shown = [f"{subject} as subject", f"{year} as year"]
        for name in map(identifier, texts):
            word = f"(select shown from words where word = lower({name}))"
            other = f"if({name} is null, 'unknown', 'other')"
            shown.append(f"coalesce({word}, {other}) as {name}")
        for name in map(identifier, table.flags):
            shown.append(f"coalesce({name}::varchar, 'unknown') as {name}")
        sums = [f"sum({name}) as {name}" for name in map(identifier, table.amounts)]
        columns = ", ".join([*shown, "count(*) as rows", *sums])
        cell = ", ".join(["1", *map(identifier, (*texts, *table.flags))])
        self.connection.execute(
            f"create or replace temp table base as select *, row({cell})::varchar as cell from ("
            f"select {columns} from published.{SHARED}.{identifier(table.name)} "
            f"where {subject} is not null group by all)"
        )

    def lines(self) -> list[Line]:
        """The lines of the table `base`: groups of years, open where outliers joined an end.

        Rows without a year are a line of their own, if they are about enough persons; else they are
        left out.
        """

        def size(condition: str) -> int:
            counted = f"select count(distinct subject) from base where {condition}"
            return int(only_row(self.connection, counted)[0])

        sizes = self.connection.execute(
            "select year, count(distinct subject) from base where year is not null "
            "group by year order by year"
        ).fetchall()
        groups = groups_of_years(
            sizes, lambda first, last: size(f"year between {first} and {last}"), self.least
        )
        lines: list[Line] = []
        for first, last in groups:
            is_first, is_last = first == groups[0][0], last == groups[-1][1]
            is_wide = first != last
            lines.append(
                (
                    None if is_wide and is_first else first,
                    None if is_wide and is_last else last,
                    f"year between {first} and {last}",
                )
            )
        if size("year is null") >= self.least:
            lines.append((None, None, "year is null"))
        return lines

    def find_rests(self, lines: list[Line]) -> tuple[int, int]:
        """Note in the table `rests` which cells of which line are not shown.

        Args:
            lines: the lines.

        Returns:
            How many cells are small, and how many are hidden with them.
        """
        self.connection.execute("create or replace temp table rests (line bigint, cell varchar)")
        small = with_them = 0
        for number, (_, _, condition) in enumerate(lines):
            cells = self.connection.execute(
                "select cell, count(distinct subject) from base "
                f"where {condition} group by cell order by cell"
            ).fetchall()
            rest = rest_of([size for _, size in cells], self.least)
            small += sum(cells[place][1] < self.least for place in rest)
            with_them += sum(cells[place][1] >= self.least for place in rest)
            for place in sorted(rest):
                self.connection.execute(
                    "insert into rests values (?, ?)", [number, cells[place][0]]
                )
        return small, with_them

    def write_counts(self, table: Table, lines: list[Line], categories: list[str]) -> None:
        """Write the lines; an amount of which one person makes more than half is not shown.

        Args:
            table: what is counted; find_rests has noted which cells are not shown.
            lines: the lines.
            categories: columns that are counted by.
        """
        names = [identifier(name) for name in categories]
        amounts = [identifier(name) for name in table.amounts]
        parts, sums = "", ""
        for name in amounts:
            parts += f", sum({name}) as {name}"
            sums += f", if(2 * max(abs({name})) <= abs(sum({name})), sum({name}), null) as {name}"
        cells = "".join(f", if(is_rest, null, {name}) as {name}" for name in names)
        queries = [
            f"""select {number_of(first)} as first_year, {number_of(last)} as last_year,
                {"".join(f"{name}, " for name in names)} is_rest as is_suppressed,
                sum(rows)::bigint as row_count{sums}
            from (
                select subject, is_rest{cells}, sum(rows) as rows{parts}
                from (
                    select *, cell in (select cell from rests where line = {number}) as is_rest
                    from base where {condition}
                )
                group by all
            )
            group by all"""
            for number, (first, last, condition) in enumerate(lines)
        ]
        self.connection.execute(
            f"create table shared.{identifier(table.name)} as "
            f"from ({' union all '.join(queries)}) order by all"
        )


def number_of(year: int | None) -> str:
    """SQL of a year."""
    return f"{'null' if year is None else year}::integer"
