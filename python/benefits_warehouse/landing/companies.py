"""Whose row it is: the company of a delivered row, where a snapshot speaks for companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.privacy.cleaning import cleaned
from benefits_warehouse.sql import identifier


class Companies:
    """What the reference seeds know of companies, as temporary tables once it is asked for.

    Args:
        connection: DuckDB connection.
        references: rows by seed: companies (company_ein, …), company_lookup (email_domain,
            company_ein) and company_identifiers (identifier, company_ein, …); any may be missing.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        references: Mapping[str, Sequence[Sequence[Any]]],
    ) -> None:
        self.connection = connection
        self.tables: dict[str, list[Sequence[Any]]] = {
            "listed": [(row[0], row[0]) for row in references.get("companies", ())],
            "domains": [row[:2] for row in references.get("company_lookup", ())],
            "identified": [row[:2] for row in references.get("company_identifiers", ())],
        }

    def make_tables(self) -> None:
        """Make the temporary tables, once: cleaning thousands of names takes a second."""
        while self.tables:
            name, rows = self.tables.popitem()
            known, eins = [row[0] for row in rows], [row[1] for row in rows]
            self.connection.execute(
                f"""create or replace temp table {name}_companies as
                select lower({cleaned("tidy_text", "known")}) as known,
                    min({cleaned("clean_ein", "ein")}) as company
                from (select unnest(?::varchar[]) as known, unnest(?::varchar[]) as ein)
                group by 1
                having count(distinct {cleaned("clean_ein", "ein")}) = 1""",
                [known, eins],
            )

    def sql(self, feed: Feed) -> str:
        """SQL of the company of a delivered row of a feed; null where none is known.

        Args:
            feed: the feed.
        """
        if feed.speaks_for is None:
            return "null::varchar"
        self.make_tables()
        text = cleaned("tidy_text", identifier(feed.speaks_for))
        found = [
            looked_up("identified", f"lower({text})"),
            cleaned("clean_ein", text),
            looked_up("listed", cleaned("short_ein", text)),
        ]
        if feed.email:
            address = cleaned("clean_email", cleaned("tidy_text", identifier(feed.email)))
            found.append(looked_up("domains", f"split_part({address}, '@', 2)"))
        return f"coalesce({', '.join(found)})"


def looked_up(table: str, value: str) -> str:
    """SQL of the company that a table knows of a value.

    Args:
        table: listed, domains or identified.
        value: SQL of the value.
    """
    return f"(select company from {table}_companies where known = {value})"
