"""The published warehouse, opened so that it can only be read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import duckdb

from benefits_warehouse.runtime.lake import is_lake, open_published

Row = dict[str, Any]

PUBLIC = re.compile(r"(marts|quality|ops)\.[a-z0-9_]+")
LONGEST_TEXT = 160  # characters of a value that are shown; the rest is in the warehouse
READ_ONLY: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
}


class NotPublished(RuntimeError):
    """No warehouse is published, or it lacks relations that are needed."""


def shown(value: Any, longest: int = LONGEST_TEXT) -> Any:
    """A value as it may be shown: text in one line without control characters, and not too long.

    Characters that reorder a line, or don't print, would make one name look like another.

    Args:
        value: text, or anything else, which stays as it is.
        longest: characters of a text at most.
    """
    if not isinstance(value, str):
        return value
    text = "".join(sign if sign.isprintable() else " " for sign in value).strip()
    return text if len(text) <= longest else text[: longest - 1] + "…"


class Published:
    """Queries on analytics.duckdb; closed at the end of a with statement.

    Args:
        path: the database file.

    Raises:
        NotPublished: when there is no such file, or it can't be opened.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file() and not is_lake(path.parent):
            raise NotPublished(f"There is no {path}: `dbt build` makes it.")
        try:
            self._connection = open_published(path, READ_ONLY)
        except (duckdb.Error, RuntimeError) as error:
            raise NotPublished(f"{path} can't be opened: {error}") from None
        self._connection.execute("set lock_configuration = true")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def rows(self, sql: str, *, raw: bool = False, **parameters: Any) -> list[Row]:
        """Rows of a query, text made fit to be shown.

        Args:
            sql: a query on published relations.
            raw: leave text as it is published, such as a condition that is to be run.
            parameters: values of its `$name`s.

        Raises:
            NotPublished: when a relation is missing.
        """
        try:
            result = self._connection.execute(sql, parameters)
        except duckdb.CatalogException as error:
            first_line = str(error).splitlines()[0]
            raise NotPublished(f"{first_line} A whole `dbt build` makes all relations.") from None
        names = [column[0] for column in result.description or []]
        return [
            {name: value if raw else shown(value) for name, value in zip(names, row, strict=True)}
            for row in result.fetchall()
        ]

    def has(self, relation: str) -> bool:
        """Whether `schema.table` is published."""
        sql = "select count(*) = 1 as found from duckdb_tables()"
        condition = " where schema_name || '.' || table_name = $relation"
        return bool(self.row(sql + condition, relation=relation)["found"])

    def evidence(
        self, relation: str | None, condition: str | None, limit: int
    ) -> tuple[list[Row], int] | None:
        """Rows of a relation under a condition, and how many there are in all.

        Args:
            relation: schema and table.
            condition: SQL, as marts.findings has it.
            limit: rows at most.

        Returns:
            None where there is no condition, or it can't be run.
        """
        if not condition or not PUBLIC.fullmatch(relation or ""):
            return None
        # The line break ends a comment in the condition.
        sql = f"from {relation} where ({condition}\n)"
        try:
            rows = self.rows(f"select * {sql} order by all limit $limit", limit=limit)
            return rows, self.row(f"select count(*) as found {sql}")["found"]
        except (duckdb.Error, NotPublished):
            return None

    def row(self, sql: str, **parameters: Any) -> Row:
        """The only row of a query that always has one."""
        return self.rows(sql, **parameters)[0]


def name_apart(rows: Iterable[Row], name: str = "company_name", key: str = "company_ein") -> None:
    """Set `label` in each row: its name, with the key behind it where another has the same name.

    Args:
        rows: rows of a query, which are changed.
        name: column that is shown.
        key: column that tells rows of the same name apart.
    """
    rows = list(rows)
    keys_of: dict[str, set[Any]] = {}
    for row in rows:
        keys_of.setdefault(row[name], set()).add(row[key])
    for row in rows:
        alone = len(keys_of[row[name]]) == 1
        row["label"] = row[name] if alone else f"{row[name]} ({row[key]})"
