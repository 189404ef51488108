"""The cleaning macros against the plain-Python reading, on thousands of texts and without dbt."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import duckdb
import pytest
from conftest import PROJECT
from jinja2 import Environment
from reference import generate_dirty_values as values
from reference.cleaning import (
    EARLIEST,
    NO_END,
    clean_day,
    clean_ein,
    clean_end,
    clean_moment,
    clean_money,
    holds_ssn,
    short_ein,
)

from benefits_warehouse.privacy.cleaning import MACROS, macros

SEED = 20_24
# What texts are made of that may be one and mostly are none.
PIECES = {
    "money": [
        *(
            "5",
            "12.00",
            "1,234.50",
            "12.3400",
            "12.345",
            ".5",
            "1,00",
            "0",
            "USD",
            "usd",
            "US$",
            "$",
        ),
        *("US", "CR", "cr", "DR", "-", "\u2212", "+", "(", ")", " ", " ", "\u00a0", "\u20ac", "e3"),
    ],
    "date": [
        *(
            "2024",
            "24",
            "50",
            "0000",
            "1",
            "01",
            "5",
            "31",
            "12",
            "13",
            "00",
            "Jan",
            "FEB",
            "March",
        ),
        *("May", "Sept", "-", "-", "/", "/", ".", " ", " ", ",", ", ", "T", "10:30", "24:00", "Z"),
    ],
    "timestamp": [
        *(
            "2024-01-31",
            "1/31/2024",
            "Jan 31, 2024",
            "31-JAN-24",
            "20240131",
            "2/30/2024",
            " ",
            " ",
        ),
        *("T", "t", "9:30", "09:30:15", "10:00:00.1234567", "24:00", "24:01", "0:15", "13:00", " "),
        *("am", "PM", "Z", "UTC", "+05:30", "-0800", "+15", "-14:59", "EST", "12:00", "12:30:59"),
    ],
    "ein": [
        *("11", "1111111", "01", "123456789", "12345678", "123-45-6789", "-", "-", "\u2013", " "),
        *("EIN", "FEIN", ":", "#", ".", "x", "12-3456789", "4-7719283", "123 45\u20136789", "900"),
    ],
}


def texts(kind: str, rng: Random, many: int) -> list[str]:
    """Values in all spellings, mistyped ones, and pieces put together at random."""
    dirt = values.Dirt(rng)
    found = []
    for _ in range(many // 2):
        day = dt.date(1940, 1, 1) + dt.timedelta(days=rng.randint(0, 45_000))
        moment = dt.datetime.combine(day, dt.time(rng.randint(0, 23), rng.randint(0, 59)))
        moment += dt.timedelta(seconds=rng.choice((0, 0, 7, 59.5)))
        rate = dirt.row_rate()
        if kind == "money":
            found.append(dirt.money(Decimal(rng.randint(-(10**7), 10**7)) / 100, rate))
        elif kind == "date":
            found.append(dirt.day(day, rate))
        elif kind == "timestamp":
            found.append(dirt.moment(moment, rate))
        else:
            found.append(
                dirt.ein(f"{rng.randint(0, 99):02d}-{rng.randint(0, 10**7 - 1):07d}", rate)
            )
        pieces = rng.choices(PIECES[kind], k=rng.randint(1, 7))
        found.append("".join(pieces))
    bad = {"money": values.BAD_MONEY, "date": values.BAD_DAYS, "ein": values.BAD_EINS}
    return [*found, *bad.get(kind, values.BAD_MOMENTS), *values.MISSING]


@pytest.mark.parametrize(
    ("kind", "order"),
    [
        *(("date", "mdy"), ("date", "dmy"), ("timestamp", "mdy"), ("timestamp", "dmy")),
        *(("money", ""), ("ein", "")),
    ],
)
def test_macros_read_as_the_reference_does(kind: str, order: str, many: int) -> None:
    readers: dict[str, Callable[[str], Any]] = {
        "money": clean_money,
        "date": partial(clean_day, date_order=order),
        "timestamp": partial(clean_moment, date_order=order),
        "ein": clean_ein,
    }
    read = readers[kind]
    tidy, macro = macros().tidy_text("text"), getattr(macros(), f"clean_{kind}")
    told: dict[str, Any] = {"order": order} if kind in ("date", "timestamp") else {}
    columns = [macro(tidy, **told)]
    if kind in ("money", "timestamp"):
        columns.append(macro("text", is_varied=True, **told))
    delivered = texts(kind, Random(f"{SEED} {kind} {order}"), many)
    connection = duckdb.connect()
    connection.execute("create table delivered as select unnest(?) as text", [delivered])
    rows = connection.execute(f"select text, {', '.join(columns)} from delivered").fetchall()
    wrong = [
        f"{text!r}: {value}, expected {read(text)}"
        for text, *found in rows
        for value in found
        if value != read(text)
    ]
    right = sum(found[0] is not None for _, *found in rows)
    print(f"\n{kind} {order}: {len(rows)} texts, {right} read", end="")
    assert not wrong, f"{len(wrong)} of {len(rows)}:\n" + "\n".join(wrong[:20])
    assert many / 4 < right < len(rows) - many / 4


def end_texts(rng: Random, many: int) -> list[str]:
    """Last days: days, days long ago and far off, words and zeros, whole and in pieces."""
    dirt = values.Dirt(rng)
    found = [*values.NO_ENDS, *values.LONG_AGO, *values.BAD_DAYS, *values.MISSING]
    for _ in range(many // 2):
        year = rng.choice((rng.randint(1, 9999), rng.randint(1985, 1995), rng.randint(9990, 9999)))
        day = dt.date(year, 1, 1) + dt.timedelta(days=rng.randint(0, 364))
        found.append(dirt.end(day, dirt.row_rate()))
        marks = "".join(rng.choices(("-", "/", "."), weights=(3, 2, 1), k=2))
        sizes = [rng.randint(0, 5), rng.randint(1, 3), rng.randint(0, 5)]
        zeros = f"{'0' * sizes[0]}{marks[0]}{'0' * sizes[1]}{marks[1]}{'0' * sizes[2]}"
        time = rng.choice(("", "", " 00:00", "T00:00:00", " 0:00:00.000", " 10:00", " ", "t00"))
        found.append(dirt.padded(rng.choice((zeros, zeros, "0" * rng.randint(6, 10))) + time))
        word = rng.choice(("present", "ongoing", "current", "open", "tbd", "\\N", "till now"))
        found.append(dirt.mistyped(dirt.padded(word.title()), 0.2, " ./x0"))
    return found


@pytest.mark.parametrize("order", ["mdy", "dmy"])
def test_the_macro_of_last_days_reads_as_the_reference_does(order: str, many: int) -> None:
    environment = Environment()
    settings = {"date_order": order, "earliest_date": EARLIEST.isoformat()}
    environment.globals["var"] = settings.__getitem__
    text = "".join(path.read_text() for path in sorted(MACROS.glob("*.sql")))
    module: Any = environment.from_string(text).module
    delivered = end_texts(Random(f"{SEED} {order}"), many)
    connection = duckdb.connect()
    connection.execute("create table delivered as select unnest(?) as text", [delivered])
    sql = f"select text, {module.clean_end_date(module.tidy_text('text'))} from delivered"
    rows = connection.execute(sql).fetchall()
    wrong = [
        f"{text!r}: {value}, expected {clean_end(text, order)}"
        for text, value in rows
        if value != clean_end(text, order)
    ]
    kinds = {None: 0, NO_END: 0}
    for _, value in rows:
        kinds[value] = kinds.get(value, 0) + 1
    assert not wrong, f"{len(wrong)} of {len(rows)}:\n" + "\n".join(wrong[:20])
    assert min(kinds[None], kinds[NO_END], len(rows) - kinds[None] - kinds[NO_END]) > many / 10


def test_what_else_an_ein_may_be(many: int) -> None:
    """Eight digits, and social security numbers, as the reference finds them."""
    delivered = texts("ein", Random(SEED), many)
    tidy = macros().tidy_text("text")
    columns = f"{macros().short_ein(tidy)}, {macros().holds_ssn(tidy)}"
    connection = duckdb.connect()
    connection.execute("create table delivered as select unnest(?) as text", [delivered])
    rows = connection.execute(f"select text, {columns} from delivered").fetchall()
    wrong = [row for row in rows if row[1:] != (short_ein(row[0]), holds_ssn(row[0]))]
    assert not wrong, "\n".join(map(str, wrong[:20]))
    assert sum(row[1] is not None for row in rows) > 100 and sum(row[2] for row in rows) > 100


def test_the_page_tells_what_is_read() -> None:
    """Each example of READING is read as it says there, and no near miss is, by both."""
    told: dict[str, list[tuple[str, str | None]]] = {}
    kinds = {"Days": "date", "Timestamps": "timestamp", "Money": "money", "EIN": "ein"}
    for section in (PROJECT / "models/_reading.md").read_text().split("\n## ")[1:]:
        name = section.splitlines()[0]
        if name not in kinds:
            continue
        examples = told.setdefault(kinds[name], [])
        for line in section.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            if len(cells) == 3 and "`" in cells[1]:
                read = re.findall(r"`([^`]+)` = ([^,`|]*\d)", cells[1])
                assert len(read) == cells[1].count("`") // 2, line
                examples += read
                examples += [(text, None) for text in re.findall(r"`([^`]+)`", cells[2])]
    readers: dict[str, Callable[[str], Any]] = {
        "date": clean_day,
        "timestamp": clean_moment,
        "money": clean_money,
        "ein": clean_ein,
    }
    wrong = []
    for kind, examples in told.items():
        assert len(examples) > 10, kind
        order = {"order": "mdy"} if kind in ("date", "timestamp") else {}
        sql = getattr(macros(), f"clean_{kind}")("text", **order)
        for text, expected in examples:
            [[value]] = duckdb.execute(f"select {sql} from (select ? as text)", [text]).fetchall()
            by_both = [None if one is None else str(one) for one in (value, readers[kind](text))]
            if by_both != [expected] * 2:
                wrong.append(f"{kind} {text!r}: {by_both}, told {expected}")
    assert not wrong, "\n".join(wrong)
