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
    NO_END,
    clean_day,
    clean_ein,
    clean_email,
    clean_end,
    clean_moment,
    clean_money,
    clean_name,
    clean_text,
    is_unlimited,
)
from reference.generate_dirty import AS_OF, generate
from reference.generate_dirty_planted import plant, with_planted
from reference.judge import (
    CLAIMS,
    HOLDERS,
    MOVEMENTS,
    PLANS,
    SHAPES,
    DeliveredFile,
    Delivery,
    Reference,
    content_of,
    judge,
    movements,
    record_key,
)

SEEDS = Path(__file__).parents[3] / "seeds" / "reference"
DAY = dt.date(2024, 1, 5)
NOON = dt.datetime(2024, 1, 5, 12)
LEAST = 10  # rows of 1,500 that break a rule, but for rules that need more than a bad value
SELDOM = {"personal_data_in_company_ein", "ein_zero_restored", "id_of_two_senders"}


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
        *((clean_end, raw, DAY) for raw in ("2024-01-05", "1/5/24", "Jan 5, 2024 10:00")),
        (clean_end, "1990-01-01", dt.date(1990, 1, 1)),
        (clean_end, "9998-12-31", dt.date(9998, 12, 31)),
        *((clean_end, raw, NO_END) for raw in (*values.NO_ENDS, *values.LONG_AGO)),
        *((clean_end, raw, NO_END) for raw in (" \\n ", "0-0-0", "00.00.0000 00:00:00.000")),
        *((clean_end, raw, None) for raw in (*values.BAD_ENDS, *values.MISSING)),
        *((clean_end, raw, None) for raw in ("presently", "0000-00-01", "0" * 9, "0/0/0 10:00")),
        *((is_unlimited, raw, True) for raw in ("unlimited", " UNLIMITED\u00a0", "Unlimited")),
        *((is_unlimited, raw, False) for raw in ("", "un limited", "unlimited 5", "none")),
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
    reference = Reference.read(SEEDS)
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


def test_movements_are_the_most_of_one_file() -> None:
    """A row counts as often as in the file that has it most often, in that file's rows."""
    rng = Random(14)
    kinds = [{"claim_id": f"C{n % 3}", "amount": f"{n - 4}.00"} for n in range(9)]
    names = ["2025-01-31/a.csv", "2025-01-31/b.csv", "2025-02-28.csv", "2025-03-31.csv"]
    files = [DeliveredFile(name, rng.choices(kinds, k=20)) for name in names]
    deliveries = [
        Delivery(files[:2], AS_OF),
        Delivery(files[2:3], AS_OF),
        Delivery(files[3:], AS_OF),
    ]
    told = movements([[content_of(CLAIMS, row) for row in file.rows] for file in files])
    for kind in kinds:
        most = max(file.rows.count(kind) for file in files)
        assert told[content_of(CLAIMS, kind)] == most > 0
    result = judge({CLAIMS: deliveries}, Reference.read(SEEDS), AS_OF, claims_are=MOVEMENTS)[CLAIMS]
    assert Counter(row.version.content for row in result.rows) == told
    assert result.reconciliation["rows_superseded"] == 80 - told.total() > 0
    spots = [spot for row in result.rows for spot in row.spots]
    assert len(set(spots)) == len(spots) == told.total()
    assert not {"duplicate_key", "conflicting_duplicate"} & {
        rule_id for row in result.rows for rule_id in row.fired
    }


def test_keys_are_shown_without_what_is_missing() -> None:
    claim = {"claim_id": "C1", "line_number": None}
    assert record_key(CLAIMS, claim) == "C1"
    assert record_key(CLAIMS, {**claim, "line_number": "2"}) == "C1|2"
    plan = {"company_ein": "11-1111111", "plan_type": "Medical", "carrier_name": "Cedar"}
    plan |= {"plan_name": "", "start_date": "2024-01-05"}
    assert record_key(PLANS, plan) == "11-1111111|Medical|Cedar|2024-01-05"
    plan["plan_name"] = "HSA"
    assert record_key(PLANS, {**plan, "start_date": DAY}).endswith("|Cedar|HSA|2024-01-05")


@pytest.mark.parametrize(
    ("statuses", "terminated_on"),
    [
        (["active", "T", "T"], "2025-02-28"),
        (["T", "active", "T"], "2025-03-31"),  # the first content is held again, from then on
        (["T", "T", "T"], None),
        (["T", "active", "active"], None),
        (["active", "T", None], "2025-02-28"),
    ],
)
def test_days_of_deliveries_date_a_termination(
    statuses: list[str | None], terminated_on: str | None
) -> None:
    """The date in a name is the day on which its news were known, whenever it was loaded."""
    names = ["2025-01-31", "2025-02-28", "2025-03-31"]
    deliveries = []
    for name, status in zip(names, statuses, strict=True):
        row = {"employee_id": "E1", "status": status} if status else {"employee_id": "E2"}
        deliveries.append(Delivery([DeliveredFile(f"{name}/a.csv", [row])], dt.date(2026, 1, 1)))
    rows = judge({HOLDERS: deliveries}, Reference.read(SEEDS), None)[HOLDERS].rows
    [holder] = [row for row in rows if row["employee_id"] == "E1"]
    day = holder.published["terminated_on"]
    assert (day and day.isoformat()) == terminated_on
    assert holder.published["is_terminated"] == ((statuses[-1] or statuses[-2]) == "T")
    left_on = holder.departed_on
    assert (left_on and left_on.isoformat()) == (None if statuses[-1] else "2025-03-31")


def test_what_is_past_depends_on_the_day() -> None:
    """As of as_of_date, else as of the last delivery that held the row."""
    row = {"employee_id": "E1", "status": "active", "termination_date": "2025-02-10"}
    several = [
        Delivery([DeliveredFile(f"{name}.csv", [row])], dt.date(2026, 1, 1))
        for name in ("2025-01-31", "2025-02-10", "2025-02-11")
    ]
    for count, as_of, is_late, has_left in (
        (1, None, False, False),
        (2, None, False, True),
        (3, None, True, True),
        (1, dt.date(2025, 2, 11), True, True),
        (3, dt.date(2025, 2, 9), False, False),
    ):
        [holder] = judge({HOLDERS: several[:count]}, Reference.read(SEEDS), as_of)[HOLDERS].rows
        assert ("status_contradicts_date" in holder.fired) == is_late
        assert holder.published["is_terminated"] == has_left
        assert holder.published["terminated_on"] == dt.date(2025, 2, 10)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_rule_fires_often_enough(seed: int) -> None:
    """Dirty rows alone break the rules many times, and nothing hangs on a content hash."""
    dirty = generate(1500, seed, AS_OF + dt.timedelta(days=60))
    reference = Reference.read(SEEDS)
    for company in dirty.companies:
        reference.domains[company.domain] = set(company.links)
        if company.is_listed:
            reference.companies.add(company.company_ein)
    results = judge(dirty.deliveries, reference, AS_OF)
    fired = Counter(
        (feed, rule_id)
        for feed, result in results.items()
        for row in result.rows
        for rule_id in row.fired
    )
    rules = {(feed, one) for feed, ones in reference.rules.items() for one in ones}
    rare = {
        (feed, one): fired[feed, one]
        for feed, one in rules
        if fired[feed, one] < LEAST and one not in SELDOM
    }
    assert not rare
