"""SQL text of values and names, and what Python often asks the engine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import duckdb


def quoted(text: object) -> str:
    """A SQL string literal.

    Args:
        text: what it says; anything but text is written as `str` writes it.
    """
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def only_row(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: object = None
) -> tuple[Any, ...]:
    """The row of a query that always has one, such as a count.

    Args:
        connection: DuckDB connection.
        sql: the query.
        parameters: values of its parameters, as the engine takes them.

    Raises:
        LookupError: the query has no row.
    """
    # All rows: DuckDB 2.0 reads no relation while a connection has a result that is not read out.
    rows = connection.execute(sql, parameters).fetchall()
    if not rows:
        raise LookupError("A query that always has a row has none.")
    return rows[0]


@contextlib.contextmanager
def file_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Within, the engine keeps the order of rows, which the profile lets it forget."""
    (before,) = only_row(connection, "select current_setting('preserve_insertion_order')")
    connection.execute("set preserve_insertion_order = true")
    try:
        yield
    finally:
        connection.execute(f"set preserve_insertion_order = {before}")
