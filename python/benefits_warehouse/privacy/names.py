"""Names of delivered files, columns and sheets as they may be shown, in logs and in tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import duckdb
from jinja2 import Environment

from benefits_warehouse.privacy.cleaning import MACROS

# What no column is called: a number, a day, an address, or a text of more than a few words.
VALUE = re.compile(r"@|\d{4,}|^[\W\d_]*\d[\W\d_]*$|^.{41,}$|\d[-/.:]\d", re.DOTALL)


class ReturnedError(Exception):
    """What a macro hands to `return`, as dbt does it."""


@cache
def shown_name_sql() -> tuple[str, str]:
    """The SQL of the macros shown_name and shape_of, over a column called name."""
    privacy = MACROS.parent / "privacy"
    environment = Environment()
    patterns: dict[str, Any] = {}
    environment.globals["return"] = lambda value: patterns.update(value) or ""
    source = (privacy / "personal_patterns.sql").read_text()
    environment.from_string(source).module.personal_patterns()  # type: ignore[attr-defined]
    environment.globals["personal_patterns"] = lambda: patterns
    module: Any = environment.from_string((privacy / "shown_name.sql").read_text()).module
    return str(module.shown_name("name")), str(module.shape_of("name"))


def shown_names(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], are_values: bool = False
) -> Mapping[str, str]:
    """Each name as it may be shown.

    Args:
        connection: DuckDB connection.
        names: names.
        are_values: they may be values of persons, so that all are shown as their shapes.
    """
    name, shape = shown_name_sql()
    rows = connection.execute(
        f"select name, {shape if are_values else name} from (select unnest(?::varchar[]) as name)",
        [list(names)],
    ).fetchall()
    return dict(rows)


def shown_headers(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], is_doubtful: bool
) -> list[str]:
    """Delivered names of columns that the contract does not know, as they may be shown.

    In a file without a header, or whose line ends got lost, values stand where names should be: as
    soon as one name looks like a value, all of them are shown as their shapes.

    Args:
        connection: DuckDB connection.
        names: the names.
        is_doubtful: they may not be names, since no record has cells below them.
    """
    are_values = is_doubtful or any(VALUE.search(name) for name in names)
    shown = shown_names(connection, names, are_values) if names else {}
    return [shown[name] for name in names]
