"""The judge and its generators on examples whose answers are known, without a warehouse."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import generate_dirty_values as values
from reference.cleaning import (
    clean_day,
    clean_ein,
    clean_email,
    clean_moment,
    clean_money,
    clean_name,
    clean_text,
)
from reference.generate_dirty import AS_OF, generate
from reference.generate_dirty_planted import plant, with_planted
from reference.judge import SHAPES, Delivery, Reference, judge

DAY = dt.date(2024, 1, 5)
NOON = dt.datetime(2024, 1, 5, 12)


@pytest.mark.parametrize(
    ("clean", "raw", "expected"),
    [
        (clean_text, "\u00a0a\t\x1f b\u2028", "a b"),
        *((clean_text, word, None) for word in values.MISSING),
        (clean_name, " N/A ", "N/A"),
        (clean_name, "\u00a0", None),
        (clean_email, " Ann@ACME.com", "ann@acme.com"),
        *((clean_email, raw, None) for raw in values.BAD_EMAILS),
        (clean_ein, "01 2345678", "01-2345678"),
        (clean_ein, "FEIN 01\u20132345678", "01-2345678"),
        *((clean_ein, raw, None) for raw in values.BAD_EINS),
        *((clean_day, raw, DAY) for raw in ("2024-01-05", "20240105", "2024/01/05")),
        *((clean_day, raw, DAY) for raw in ("05-Jan-2024", "01/05/2024", "2024-01-05T23:59Z")),
        *((clean_day, raw, DAY) for raw in ("1/5/24", "01-05-2024", "1.5.2024", "Jan 5, 2024")),
        *(
            (clean_day, raw, DAY)
            for raw in ("january 5 2024", "5-JAN-24", "05JAN2024", "Jan 5 2024")
        ),
        *((clean_day, raw, DAY) for raw in ("1/5/2024 12:00:00 AM", "1/5/2024 0:00 UTC")),
        (clean_day, "1/5/50", dt.date(1950, 1, 5)),
        (clean_day, "1/5/49", dt.date(2049, 1, 5)),
        *((clean_day, raw, None) for raw in values.BAD_DAYS),
        *((clean_money, raw, Decimal("1234.50")) for raw in ("1,234.50", "$1234.5", "+1,234.50")),
        *((clean_money, raw, Decimal("-12.00")) for raw in ("(12.00)", "-$12", "$-12", "($12.0)")),
        *(
            (clean_money, raw, Decimal("-12.00"))
            for raw in ("12-", "12.00CR", "$(12.00)", "\u221212")
        ),
        *(
            (clean_money, raw, Decimal("12.00"))
            for raw in ("USD 12", "12.00 usd", "US$12.000", "$ 12")
        ),
        (clean_money, ".50", Decimal("0.50")),
        (clean_money, "9" * 16 + ".99", Decimal("9" * 16 + ".99")),
        *((clean_money, raw, None) for raw in values.BAD_MONEY),
        *((clean_moment, raw, NOON) for raw in ("2024-01-05T12:00Z", "2024-01-05 12:00")),
        *((clean_moment, raw, NOON) for raw in ("2024-01-06T02:59+14:59", "2024-01-05T04:00-0800")),
        *((clean_moment, raw, NOON) for raw in ("1/5/2024 12:00 PM", "Jan 5, 2024 12:00:00 UTC")),
        *((clean_moment, raw, NOON) for raw in ("05-JAN-24 7:00 am -05:00", "20240105 12:00")),
        (clean_moment, "2024-01-05", dt.datetime(2024, 1, 5)),
        *((clean_moment, raw, None) for raw in values.BAD_MOMENTS),
    ],
)
def test_cleaning(clean: Callable[[str], Any], raw: str, expected: Any) -> None:
    assert clean(raw) == expected


def test_day_first() -> None:
    assert clean_day("05/01/2024", "dmy") == DAY
    assert clean_day("31/12/2024", "dmy") == dt.date(2024, 12, 31)


@given(st.integers(), st.dates(dt.date(1900, 1, 1), dt.date(9998, 12, 31)))
def test_every_spelling_of_a_value_is_read(seed: int, day: dt.date) -> None:
    dirt = values.Dirt(Random(seed))
    cents = dirt.rng.randint(-(10**9), 10**9)
    moment = dt.datetime.combine(day, dt.time(dirt.rng.randint(0, 23), 59, 59, 120_000))
    assert clean_day(dirt.day(day, 0)) == day
    assert clean_money(dirt.money(Decimal(cents) / 100, 0)) == Decimal(cents) / 100
    assert clean_moment(dirt.moment(moment, 0)) == moment
    assert clean_ein(dirt.ein("01-2345678", 0)) == "01-2345678"
    assert clean_email(dirt.email("ann@acme.com", 0)) == "ann@acme.com"
    assert clean_name(dirt.name("N/A", 0)) == "N/A"


@given(st.text())
def test_no_text_breaks_the_cleaning(raw: str) -> None:
    for clean in (clean_name, clean_text, clean_email, clean_ein, clean_day, clean_money):
        value = clean(raw)
        assert value is None or clean(str(value)) == value
    clean_moment(raw)


def test_the_judge_finds_what_was_planted() -> None:
    """All planted faults, by the project's own registry."""
    planted = plant(copies=3)
    reference = Reference.read(Path(__file__).parents[3] / "seeds" / "reference")
    for company in planted.companies:
        reference.domains[company.domain] = set(company.links)
        if company.is_listed:
            reference.companies.add(company.company_ein)
    empty = {feed: [Delivery([], AS_OF), Delivery([], AS_OF)] for feed in SHAPES}
    results = judge(with_planted(empty, planted), reference, AS_OF)
    found = {
        (feed, spot): row.fired
        for feed, result in results.items()
        for row in result.rows
        for spot in row.spots
    }
    assert {one: found[one] for one in planted.faults} == planted.faults
    unexpected = {one: rules for one, rules in found.items() if rules and one not in planted.faults}
    assert not unexpected
    rules = {(feed, one) for feed, ones in reference.rules.items() for one in ones}
    rules -= {(feed, "id_of_two_senders") for feed in reference.rules}  # there is one sender
    for marks in (planted.faults, planted.near):
        assert {(feed, one) for (feed, _), ones in marks.items() for one in ones} == rules
    assert not any(marks & planted.faults[one] for one, marks in planted.near.items())
    assert all(result.reconciliation["rows_valid"] for result in results.values())


def test_a_seed_gives_the_same_rows() -> None:
    first, again, other = (generate(200, seed, AS_OF) for seed in (1, 1, 2))
    assert first.deliveries == again.deliveries != other.deliveries
    rows = Counter({feed: first.rows_of(feed) for feed in SHAPES})
    assert min(rows.values()) >= 200
