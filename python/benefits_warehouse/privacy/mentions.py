"""What texts say of a person whose erasure or disclosure is asked for."""

from __future__ import annotations

import duckdb

from benefits_warehouse.privacy.forgotten import KINDS, keyed, narrow, pattern_of, tidy
from benefits_warehouse.privacy.names import texts_with_names_sql
from benefits_warehouse.privacy.plan import Plan
from benefits_warehouse.sql import quoted


class Mentions:
    """Finds a person in texts: names as the masks of the marts find them, ids and addresses.

    What is found stands in the temporary table `mentions` (said, left_of_it): each text that names
    the person, and what is left of it.

    Args:
        connection: DuckDB connection with the variable forgotten_pepper.
        plan: whose person is meant; its pairs are known.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
        self.connection = connection
        values = [value for kind in KINDS for value in plan.who[kind]]
        rows = connection.execute(
            f"select {narrow('value')} from (select unnest(?::varchar[]) as value)", [values]
        ).fetchall()
        self.pattern = quoted(pattern_of(row[0] for row in rows))
        connection.execute(
            "create or replace temp table mentioned_names as "
            "select unnest(?::varchar[]) as name_token",
            [plan.pairs],
        )

    def note(self, texts: str) -> bool:
        """Fill the table `mentions` from texts.

        Args:
            texts: query with one column, the texts.

        Returns:
            Whether one of them names the person.
        """
        said = narrow("coalesce(masked, text)")
        # Twice: what stands between two ids is taken by the first one, so the second stays.
        once = f"regexp_replace({said}, {self.pattern}, '\\1****\\3', 'g')"
        twice = f"regexp_replace({once}, {self.pattern}, '\\1****\\3', 'g')"
        self.connection.execute(
            f"""create or replace temp table mentions_searched as
            select distinct text from ({texts}) as searched (text) where text is not null;
            create or replace temp table mentions_named as
            {texts_with_names_sql("mentions_searched", "mentioned_names")};
            create or replace temp table mentions as
            select
                text as said,
                case
                    when regexp_matches({said}, {self.pattern}) then {twice}
                    else masked
                end as left_of_it
            from mentions_searched
            left join mentions_named using (text)
            where masked is not null or regexp_matches({said}, {self.pattern})"""
        )
        return bool(self.connection.execute("select 1 from mentions limit 1").fetchall())

    def noted(self, is_key: bool = False) -> dict[str, str]:
        """What is left of each text that names the person.

        Args:
            is_key: see left_of.
        """
        token = token_of("said") if is_key else "''"
        rows = self.connection.execute(f"select said, left_of_it || {token} from mentions")
        return dict(rows.fetchall())


def token_of(text: str) -> str:
    """SQL of what keeps what is left of texts apart, whatever their case and blanks.

    Args:
        text: SQL of the text.
    """
    plain = f"lower({tidy(text, 'name')})"
    return f"' ' || left({keyed(plain, 'text')}, 8)"


def mentioned(text: str) -> str:
    """SQL condition: a text is one of those that name the person; false or null where it is not.

    Args:
        text: SQL of the text.
    """
    return f"({text} in (select said from mentions))"


def left_of(text: str, is_key: bool = False) -> str:
    """SQL of what is left of a text; of one that names nobody, all.

    Args:
        text: SQL of the text.
        is_key: it tells rows apart, so that a token of the text is added to what is left.
    """
    kept = f"(select any_value(left_of_it) from mentions where said = {text})"
    return f"coalesce({kept}{f' || {token_of(text)}' if is_key else ''}, {text})"
