"""In which order a file writes its days: 3/14/2026 has the month first, 14/3/2026 the day.

In one file a column has one order. Landing looks for values that are a day in one order only, and
notes the columns that have them; staging makes of that, and of the sender's date_order, how each
value is read (macro settled_order).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.landing.files import Columns, Outcome
from benefits_warehouse.privacy.cleaning import cleaned
from benefits_warehouse.sql import identifier, quoted

WORDS = {"mdy": "month first", "dmy": "day first"}


def note_orders(
    connection: duckdb.DuckDBPyConnection, feed: Feed, path: Path, columns: Columns
) -> None:
    """Note the columns of a file in which a value is a day in one order only.

    Args:
        connection: DuckDB connection.
        feed: the feed.
        path: Parquet file of its rows.
        columns: of the file; month_first and day_first are filled.
    """
    for column, kind in feed.days:
        if column not in columns.positions:
            continue
        name, read = identifier(column), f"clean_{kind}"
        # Most files write the year first: what has no separator near its beginning is left alone.
        month_first, day_first = connection.execute(
            f"""select count_if(by_month is not null and by_day is null),
                count_if(by_month is null and by_day is not null)
            from (
                select {cleaned(read, "value", order="mdy")} as by_month,
                    {cleaned(read, "value", order="dmy")} as by_day
                from (
                    select distinct {cleaned("tidy_text", name)} as value
                    from read_parquet({quoted(path)})
                    where {name}[2] in ('-', '/', '.') or {name}[3] in ('-', '/', '.')
                        or {name}[1] not between '0' and '9'
                )
            )"""
        ).fetchall()[0]
        columns.month_first += [column] * bool(month_first)
        columns.day_first += [column] * bool(day_first)


def tell_orders(feed: Feed, columns: Columns, outcome: Outcome) -> None:
    """Say in the reason of a file which columns are not read in the sender's order.

    Args:
        feed: the feed, of one sender.
        columns: of the file, their orders noted.
        outcome: of the file.
    """
    order = feed.settings.date_order
    other = "dmy" if order == "mdy" else "mdy"
    own, others = columns.month_first, columns.day_first
    if order == "dmy":
        own, others = others, own
    for column in others:
        if column in own:
            outcome.add_reason(
                f"{column} has days in both orders: those that would be another day in the other "
                "order are not read; deliver it with one order, or as YYYY-MM-DD"
            )
        else:
            outcome.add_reason(
                f"{column} is read {WORDS[other]}, the only order that gives each value a day; if "
                f"that is right, set date_order {other} for the sender in sender_settings"
            )
