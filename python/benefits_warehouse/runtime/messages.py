"""Error messages without values: what DuckDB and Python say of a row stays out of dbt's messages.

A failing cast, a violated key or a value that can't be parsed is quoted by the engine, and dbt
writes that to the console, the log, run_results.json and ops.node_history. `hide_values` puts
itself where dbt-duckdb hands a statement to the engine and where it reports a failed Python model.
What a message needs to be found again stays: the kind of error, the types, the column, the line of
SQL. Whoever may see the value runs the compiled SQL on a copy of restricted.duckdb.
"""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb import environments
from dbt.adapters.duckdb.environments import local
from dbt_common.exceptions import DbtBaseException

from benefits_warehouse.runtime.lake import without_catalog

OURS = Path(__file__).resolve().parents[1]
HIDDEN = "a value is to blame, and not shown, since it may be personal"

# Their messages are about SQL, files and locks, and hold no value of a row.
ABOUT_SQL = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.ConnectionException,
    duckdb.FatalException,
    duckdb.IOException,
    duckdb.InterruptException,
    duckdb.OutOfMemoryException,
    duckdb.PermissionException,
    duckdb.TransactionException,
)
ABOUT_CODE = (OSError, ImportError, NameError, AttributeError, TypeError, MemoryError)

# Whole messages of the engine that name nothing but relations and columns.
WITHOUT_VALUES = re.compile(
    r"NOT NULL constraint failed: [\w.]+"
    r'|CHECK constraint failed on table "?\w+"? with expression .*'
    r"|More than one row returned by a subquery.*",
    re.S,
)
TYPE = r"(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER|8|16|32|64|128)?|BOOLEAN|DOUBLE|FLOAT|DATE|TIME"
TYPE += r"|TIMESTAMP(?: WITH TIME ZONE|_\w+)?|DECIMAL\(\d+,\d+\)|UUID|INTERVAL|BLOB)"
CAST = re.compile(rf"(?: to ({TYPE}))? when casting from source column (\w+)\s*$")
DUPLICATE_KEY = re.compile(r'Duplicate key "(\w+): ')
EXCERPT = re.compile(r"LINE (\d+): ([^\n]*)\n *\^+\s*$")


def without_values(error: duckdb.Error, sql: str) -> str:
    """What the engine says of an error, without the values that it quotes.

    Args:
        error: what the engine raised.
        sql: the statement. Text that stands in it is ours, and may be shown.

    Returns:
        The message; where it may quote a value, its kind, types, column and line of SQL only.
    """
    text = without_catalog(str(error))
    kind, _, said = text.partition(": ")
    if isinstance(error, ABOUT_SQL) or WITHOUT_VALUES.fullmatch(said) or said.strip() in sql:
        return text
    about, _, excerpt_text = said.rpartition("\n\nLINE ")
    parts = [f"{kind}: {HIDDEN}"]
    if (cast := CAST.search(about or said)) and cast[2].lower() in sql.lower():
        parts.append(f"(source column {cast[2]}{f', to {cast[1]}' if cast[1] else ''})")
    if said.startswith("PRIMARY KEY or UNIQUE constraint violation"):
        parts.append("(duplicate key)")
    if (key := DUPLICATE_KEY.match(said)) and key[1].lower() in sql.lower():
        parts.append(f"(duplicate key in column {key[1]})")
    excerpt = EXCERPT.search(f"LINE {excerpt_text}")
    if excerpt and excerpt[2].strip(" .") in sql:
        parts.append(f"\nLINE {excerpt[1]}: {excerpt[2]}")
    return " ".join(parts)


def hidden(error: duckdb.Error, sql: str) -> duckdb.Error:
    """The same kind of error with a message that quotes no value.

    Args:
        error: what the engine raised.
        sql: the statement.
    """
    return type(error)(without_values(error, sql))


class QuietCursor(local.DuckDBCursorWrapper):
    """dbt-duckdb's cursor; its errors quote no value, whenever in a query they come up."""

    _statement = ""  # no other name: a Python model asks this object for what the engine's has

    def execute(self, sql: str, bindings: Any = None) -> Any:
        """Run a statement; see DuckDBCursorWrapper."""
        self._statement = sql
        try:
            return super().execute(sql, bindings)  # type: ignore[no-untyped-call]
        except duckdb.Error as error:
            raise hidden(error, sql) from None

    def _fetched(self, name: str, *arguments: Any) -> Any:
        try:
            return getattr(self._cursor, name)(*arguments)
        except duckdb.Error as error:
            raise hidden(error, self._statement) from None

    def fetchone(self) -> Any:
        """Next row; an error may come up only now, as results can be streamed."""
        return self._fetched("fetchone")

    def fetchmany(self, *size: int) -> Any:
        """Next rows."""
        return self._fetched("fetchmany", *size)

    def fetchall(self) -> Any:
        """All rows left."""
        return self._fetched("fetchall")


class QuietTraceback:
    """In place of the module traceback where dbt-duckdb reports a failed Python model."""

    @staticmethod
    def format_exception(error: BaseException) -> list[str]:
        """Where the error was raised, and its message where that can hold no value.

        The words of our own `raise` are shown; int("x"), a missing key and the like quote values.
        """
        frames = traceback.extract_tb(error.__traceback__)
        ours = (
            bool(frames)
            and OURS in Path(frames[-1].filename).parents
            and (frames[-1].line or "").startswith("raise ")
        )
        if isinstance(error, duckdb.Error):
            said = without_values(error, "")
        elif isinstance(error, (*ABOUT_CODE, DbtBaseException)) or ours:
            said = str(error)
        else:
            said = HIDDEN
        return [*traceback.format_list(frames), f"{type(error).__name__}: {said}\n"]


def hide_values() -> None:
    """Put the two in place, for this process; again and again does no harm."""
    local.DuckDBCursorWrapper = QuietCursor  # type: ignore[misc]
    environments.traceback = QuietTraceback  # type: ignore[assignment, attr-defined]
