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

# Those of macros/privacy that need nothing of dbt but vars.
MASKING: tuple[str, ...] = (
    "shown_name",
    "shape_of",
    "mask_name",
    "mask_email",
    "mask_text",
    "mask_delivered",
)
MASKING += ("holds_personal_data", "plain_text", "has_signs_of", "is_id", "person_token")
# Those that find names in texts, and what they call.
NAMING: tuple[str, ...] = ("plain_words", "word_pattern", "name_pairs")
NAMING += ("texts_naming", "words_of_names", "texts_with_names")


class Defaults:
    """What stands for dbt's adapter: of macros that have a form for each engine, DuckDB's."""

    def dispatch(self, name: str, package: str) -> Any:
        """The macro of that name."""
        return getattr(macros(), f"default__{name}")


@cache
def macros() -> Any:
    """The macros that mask, as one Jinja module, with masking on; dbt is not needed for it."""
    privacy = MACROS.parent / "privacy"
    environment = Environment(extensions=["jinja2.ext.do"])
    patterns: dict[str, Any] = {}
    environment.globals["return"] = lambda value: patterns.update(value) or ""
    source = (privacy / "personal_patterns.sql").read_text()
    environment.from_string(source).module.personal_patterns()  # type: ignore[attr-defined]
    environment.globals |= {"personal_patterns": lambda: patterns, "var": lambda name: True}
    environment.globals |= {"name_token": plain_pair, "return": str, "adapter": Defaults()}
    texts = [(privacy / f"{name}.sql").read_text() for name in (*MASKING, *NAMING)]
    texts += [path.read_text() for path in sorted(MACROS.glob("*.sql"))]
    texts.append((MACROS.parent / "engine" / "plain_letters.sql").read_text())
    return environment.from_string("".join(texts)).module


def plain_pair(one: str, other: str) -> str:
    """SQL of two words as a name, in clear: nothing is kept of what Python compares.

    Args:
        one: SQL of a plain word.
        other: SQL of another one.
    """
    return f"(least({one}, {other}) || ' ' || greatest({one}, {other}))"


def masked_sql(value: str, kind: str, is_doubtful: str = "false") -> str:
    """SQL of a value as it may be shown, as text.

    Args:
        value: SQL of the value.
        kind: what its column holds, see the macro mask_delivered; an id needs the pepper in the
            session, and a date, an amount or a company is one that could not be read.
        is_doubtful: SQL condition, the cells of the row may have moved.
    """
    return f"({macros().mask_delivered(value, kind, is_doubtful=is_doubtful)})::varchar"


def email_token_sql(value: str) -> str:
    """SQL of the keyed token of a delivered e-mail address; null where it is none.

    Args:
        value: SQL of the address as it was delivered.
    """
    return str(macros().person_token(macros().clean_email(macros().tidy_text(value))))


def pairs_sql(names: str) -> str:
    """SQL of the pairs of words by which a person is known, as texts `a b` in their order.

    Args:
        names: relation with first_names and last_names, see the macro name_pairs.
    """
    pair = plain_pair("first_name", "last_name")
    return f"with {macros().name_pairs(names)} select distinct {pair} as name_token from pairs"


def texts_with_names_sql(texts: str, persons: str) -> str:
    """SQL of the texts that name a person, and as `masked` what is left of them.

    Args:
        texts: relation with the column text, each once.
        persons: relation with name_token, see pairs_sql.
    """
    return f"with {macros().texts_with_names(texts, persons)} from with_names"


@cache
def shown_name_sql() -> tuple[str, str]:
    """The SQL of the macros shown_name and shape_of, over a column called name."""
    return str(macros().shown_name("name")), str(macros().shape_of("name"))


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
