"""The references themselves, on small examples worked out by hand from SPEC 4."""

from __future__ import annotations

import csv
import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import claim_costs, plan_gaps, roster, spending
from reference.compare import count_mismatches, decimal_scale, mismatches
from reference.generate import (
    DEFAULT_KNOBS,
    Generated,
    generate,
    write_landing_zone,
    write_reference_seeds,
)
from reference.records import (
    PLAN_TYPES,
    Account,
    Booking,
    Claim,
    Company,
    Delivery,
    DomainLink,
    Holder,
    Person,
    Plan,
    Transaction,
    round_half_away,
)

EIN = "11-1111111"
OTHER_EIN = "22-2222222"
ACME = {EIN: Company(EIN, "Acme", 60)}
AS_OF = dt.date(2024, 12, 31)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def plan(start: str, end: str | None, carrier: str | None = "Aetna") -> Plan:
    return Plan(EIN, "Medical", carrier, day(start), day(end) if end else None)


def claim(on: str | dt.date, amount: str, claim_type: str = "Medical") -> Claim:
    service_date = day(on) if isinstance(on, str) else on
    return Claim(f"C-{on}-{amount}", EIN, service_date, Decimal(amount), claim_type)


def files(*rows: list[Any]) -> list[Delivery[Any]]:
    """Deliveries of the first day of January 2024, of February, and so on."""
    return [Delivery(dt.date(2024, month, 1), held) for month, held in enumerate(rows, start=1)]


def gaps(*plans: Plan, claims: tuple[Claim, ...] = (), as_of: dt.date = AS_OF) -> list[Any]:
    return gaps_of([list(plans)], claims, as_of)


def gaps_of(
    deliveries: list[list[Plan]], claims: Iterable[Claim] = (), as_of: dt.date = AS_OF
) -> list[Any]:
    return plan_gaps.plan_gaps(plan_gaps.plan_state(files(*deliveries)), claims, ACME, as_of)


# plan gaps


@pytest.mark.parametrize(
    ("end", "start", "length"),
    [
        ("2023-12-31", "2024-03-31", None),  # 31 + 29 + 30 = 90, not more than 90
        ("2023-12-31", "2024-04-01", 91),
        ("2022-12-31", "2023-04-01", None),  # 31 + 28 + 31 = 90 without a leap day
        ("2022-12-31", "2023-04-02", 91),
        ("2023-12-31", "2024-01-01", None),  # adjacent
        ("2023-12-31", "2023-12-31", None),  # overlapping by a day
        ("2024-02-28", "2024-05-30", 91),  # 29 February, 31, 30, 29 in May
        ("2023-02-28", "2023-05-30", None),  # one day less: 90
    ],
)
def test_gap_of_ninety_days_is_not_reported(end: str, start: str, length: int | None) -> None:
    found = gaps(plan("2020-01-01", end), plan(start, None))
    assert [row["gap_length_days"] for row in found] == ([length] if length else [])


def test_gap_row() -> None:
    found = gaps(
        plan("2023-01-01", "2023-12-31", "Cigna"),
        plan("2023-06-01", "2023-12-31", "Aetna"),
        plan("2022-01-01", "2023-12-31", "Aetna"),
        plan("2023-06-01", "2023-12-30", "Not the last day"),
        plan("2024-04-01", "2024-12-31", "Delta"),
        plan("2024-04-01", None, "Blue"),
        plan("2024-04-02", None, "Not the first day"),
        claims=(
            claim("2023-12-31", "1.00"),
            claim("2024-01-01", "10.00"),
            claim("2024-02-29", "100.00", "Acupuncture"),
            claim("2024-03-31", "-2.50"),
            claim("2024-04-01", "1000.00"),
        ),
    )
    assert found == [
        {
            "company_ein": EIN,
            "company_name": "Acme",
            "plan_type": "Medical",
            "gap_type": "internal",
            "gap_start": day("2024-01-01"),
            "gap_end": day("2024-03-31"),
            "gap_length_days": 91,
            "days_to_date": 91,
            "previous_carrier": "Aetna | Cigna",
            "next_carrier": "Blue | Delta",
            "claims_in_gap": 2,
            "claim_cost_in_gap": Decimal("7.50"),
        }
    ]


def test_containment_opens_no_gap() -> None:
    plans = [
        plan("2023-01-01", "2023-12-31", "Long"),
        plan("2023-02-01", "2023-02-28", "Short"),
        plan("2024-01-01", "2024-12-31", "Long"),
    ]
    assert gaps(*plans) == []
    assert plan_gaps.plan_coverage(plans) == [
        {
            "company_ein": EIN,
            "plan_type": "Medical",
            "coverage_start": day("2023-01-01"),
            "coverage_end": day("2024-12-31"),
            "carriers": "Long | Short",
            "plan_count": 3,
        }
    ]


@pytest.mark.parametrize("end", [None, "9999-12-31"])
def test_open_end_covers_whatever_follows(end: str | None) -> None:
    plans = [plan("2020-01-01", end), plan("2024-06-01", "2024-06-30"), plan("2030-01-01", None)]
    assert gaps(*plans) == []
    (island,) = plan_gaps.plan_coverage(plans)
    assert (island["coverage_end"], island["plan_count"]) == (None, 3)


def test_one_day_plan_splits_a_gap() -> None:
    found = gaps(
        plan("2023-12-31", "2023-12-31"),
        plan("2024-03-31", "2024-03-31"),  # 90 days after: not reported
        plan("2024-07-01", None),  # 91 days after: April, May, June
    )
    assert [(row["gap_start"], row["gap_length_days"]) for row in found] == [
        (day("2024-04-01"), 91)
    ]


@pytest.mark.parametrize(("end", "length"), [("2024-10-02", None), ("2024-10-01", 91)])
def test_trailing_gap_counts_to_as_of(end: str, length: int | None) -> None:
    inside = claim(AS_OF, "5.00")
    later = claim(AS_OF + dt.timedelta(days=1), "7.00")
    found = gaps(plan("2020-01-01", end), claims=(inside, later))
    if length is None:
        assert found == []
        return
    (row,) = found
    assert (row["gap_type"], row["gap_end"], row["next_carrier"]) == ("trailing", None, None)
    assert (row["gap_length_days"], row["previous_carrier"]) == (length, "Aetna")
    assert (row["claims_in_gap"], row["claim_cost_in_gap"]) == (1, Decimal("5.00"))


def test_future_plan_ends_an_internal_gap() -> None:
    (row,) = gaps(plan("2024-01-01", "2024-11-30"), plan("2025-04-01", None))
    assert (row["gap_type"], row["gap_end"]) == ("internal", day("2025-03-31"))
    assert (row["gap_length_days"], row["days_to_date"]) == (121, 31)  # of December only


def test_a_gap_that_has_not_begun_has_no_days_to_date() -> None:
    (row,) = gaps(plan("2024-01-01", "2025-01-31"), plan("2025-06-01", None))
    assert (row["gap_start"], row["gap_length_days"]) == (day("2025-02-01"), 120)
    assert row["days_to_date"] == 0


def test_days_to_date_end_with_the_gap() -> None:
    (row,) = gaps(plan("2023-01-01", "2023-12-31"), plan("2024-05-01", None))
    assert (row["gap_length_days"], row["days_to_date"]) == (121, 121)


def test_carrier_names_are_distinct_and_may_be_missing() -> None:
    (row,) = gaps(
        plan("2020-01-01", "2020-12-31", None),
        plan("2024-01-01", "2024-12-31", "Aetna"),
        plan("2024-01-01", "2024-12-31", None),
    )
    assert (row["previous_carrier"], row["next_carrier"]) == (None, "Aetna")


def test_withdrawn_coverage_is_a_gap_from_its_first_day_ever() -> None:
    first = [plan("2023-06-01", None, "Cigna"), plan("2023-05-01", "2023-12-31", "Aetna")]
    second = [plan("2023-06-01", "2024-06-30", "Cigna"), plan("2024-01-01", None, None)]
    claims = (claim("2023-04-30", "1.00"), claim("2023-05-01", "10.00"), claim(AS_OF, "100.00"))
    assert gaps_of([first, second, []], claims) == [
        {
            "company_ein": EIN,
            "company_name": "Acme",
            "plan_type": "Medical",
            "gap_type": "withdrawn",
            "gap_start": day("2023-05-01"),
            "gap_end": None,
            "gap_length_days": 611,  # 245 in 2023, 366 in 2024
            "days_to_date": 611,
            "previous_carrier": "Aetna | Cigna",
            "next_carrier": None,
            "claims_in_gap": 2,
            "claim_cost_in_gap": Decimal("110.00"),
        }
    ]
    assert gaps_of([first, second, [], first[:1]]) == []


def test_withdrawn_because_the_newest_version_is_bad() -> None:
    good, bad = plan("2024-01-01", None), plan("2024-01-01", "2023-12-31")
    filler = plan("1900-01-01", None)
    (row,) = gaps_of([[filler, good], [bad]])
    assert (row["gap_type"], row["gap_start"]) == ("withdrawn", day("2024-01-01"))
    assert gaps_of([[bad]]) == [], "it never covered anything"
    assert gaps_of([[bad], [filler]], [claim("2024-01-01", "1.00")]) == [], "but it was named"
    state = plan_gaps.plan_state(files([good], [bad]))
    assert (state.valid, state.withheld, state.once) == ((), (bad,), (good,))


@pytest.mark.parametrize(("start", "length"), [("2024-10-03", None), ("2024-10-02", 91)])
def test_withdrawn_gap_of_ninety_days_is_not_reported(start: str, length: int | None) -> None:
    found = gaps_of([[plan(start, None)], []])
    assert [row["gap_length_days"] for row in found] == ([length] if length else [])


@pytest.mark.parametrize(("first", "length"), [("2024-10-03", None), ("2024-10-02", 91)])
def test_never_covered_begins_with_the_first_claim(first: str, length: int | None) -> None:
    claims = [claim("2024-12-01", "2.00"), claim(first, "1.00"), claim("2025-01-01", "4.00")]
    found = gaps_of([[]], claims)
    if length is None:
        assert found == []
        return
    (row,) = found
    assert (row["gap_type"], row["gap_end"], row["days_to_date"]) == ("never_covered", None, length)
    assert (row["previous_carrier"], row["next_carrier"]) == (None, None)
    assert (row["claims_in_gap"], row["claim_cost_in_gap"]) == (2, Decimal("3.00"))


def test_never_covered_is_of_listed_companies_and_allowed_types() -> None:
    other = replace(claim("2024-01-01", "1.00"), company_ein=OTHER_EIN)
    claims = [claim("2024-01-01", "1.00", "Acupuncture"), other, claim("2024-01-01", "1.00")]
    assert [row["plan_type"] for row in gaps_of([[]], claims)] == ["Medical"]
    dental = replace(plan("2020-01-01", None), plan_type="Dental")
    assert [row["gap_type"] for row in gaps_of([[dental]], claims)] == ["never_covered"]


def test_newest_version_of_a_plan_counts() -> None:
    def stated(day_of_may: int | None, end: str | None) -> Plan:
        at = dt.datetime(2024, 5, day_of_may, tzinfo=dt.UTC) if day_of_may else None
        return replace(plan("2024-01-01", end), last_updated=at)

    def valid(*rows: list[Plan]) -> list[str]:
        return [str(one.end_date) for one in plan_gaps.plan_state(files(*rows)).valid]

    undated = [stated(None, "2024-06-30")], [stated(None, "2024-09-30")]
    assert valid(*undated) == ["2024-09-30"]
    assert valid([stated(2, "2024-06-30")], [stated(1, "2024-09-30")]) == ["2024-06-30"]
    assert valid([stated(2, "2024-06-30")], *undated) == ["2024-06-30"]
    assert valid(*undated, []) == []
    assert valid(*undated, undated[0]) == ["2024-06-30"]


def test_options_under_one_key_all_count() -> None:
    first, second = plan("2024-01-01", "2024-03-31"), plan("2024-01-01", "2024-08-31")
    named = replace(first, plan_name="Gold", end_date=day("2024-09-30"))
    (island,) = plan_gaps.plan_coverage(
        plan_gaps.plan_state(files([first], [first, second, second, named])).valid
    )
    assert (island["coverage_end"], island["plan_count"]) == (day("2024-09-30"), 3)
    assert plan_gaps.plan_state(files([first, second], [first])).valid == (first,)
    gold, shout = named, replace(named, plan_name="GOLD", end_date=day("2024-10-31"))
    assert gold.key == shout.key
    assert plan_gaps.plan_state(files([gold], [shout])).valid == (shout,)
    bad = plan("2024-01-01", "2023-01-01")
    state = plan_gaps.plan_state(files([first, bad]))
    assert (state.valid, state.withheld) == ((first,), (bad,))


def test_plans_without_a_carrier_are_known_by_their_content() -> None:
    first, second = plan("2024-01-01", "2024-03-31", None), plan("2024-01-01", None, None)
    assert plan_gaps.plan_state(files([first], [second])).valid == (second,)
    assert plan_gaps.plan_state(files([first], [second, first])).valid == (second, first)


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12) | st.none()), min_size=1)


@settings(max_examples=300, deadline=None)
@given(SPANS)
def test_islands_by_days_equal_a_running_maximum(spans: list[tuple[int, int | None]]) -> None:
    base = day("2024-02-01")
    plans = [
        Plan(
            EIN,
            "Medical",
            f"Carrier {number}",
            base + dt.timedelta(days=start),
            None if length is None else base + dt.timedelta(days=start + length),
        )
        for number, (start, length) in enumerate(spans)
    ]
    expected: list[list[float]] = []
    for start, length in sorted(spans, key=lambda span: span[0]):
        end = float("inf") if length is None else start + length
        if expected and start <= expected[-1][1] + 1:
            expected[-1][1] = max(expected[-1][1], end)
        else:
            expected.append([start, end])
    zero = base.toordinal()
    assert [
        [island.first - zero, float("inf") if island.last is None else island.last - zero]
        for island in plan_gaps.islands(plans)
    ] == expected


# claim costs

FIRST = day("2024-01-01")


def on(offset: int) -> dt.date:
    return FIRST + dt.timedelta(days=offset)


def windows_of(*entries: tuple[int, str], until: int) -> list[claim_costs.Window]:
    return claim_costs.company_windows([claim(on(at), cents) for at, cents in entries], on(until))


def spikes_of(*entries: tuple[int, str], until: int) -> list[dict[str, Any]]:
    claims = [claim(on(at), amount) for at, amount in entries]
    windows = claim_costs.company_windows(claims, on(until))
    return claim_costs.company_spikes(claims, windows, ACME)


def test_first_179_days_are_insufficient() -> None:
    windows = windows_of((0, "10.00"), (90, "1000.00"), until=200)
    assert len(windows) == 201
    assert {window.status for window in windows[:179]} == {"insufficient_history"}
    assert {window.pct_change for window in windows[:179]} == {None}
    assert windows[179].status == "spike"  # t = first day + 179: two whole windows


def test_window_edges() -> None:
    at = windows_of((0, "1.00"), (89, "2.00"), (90, "4.00"), (179, "8.00"), until=180)
    assert (at[179].prev_90d_cost, at[179].current_90d_cost) == (3, 12)
    assert (at[179].window_start, at[179].window_end) == (on(90), on(179))
    assert (at[180].prev_90d_cost, at[180].current_90d_cost) == (6, 8)  # 0 left, 90 changed sides


@pytest.mark.parametrize(
    ("current", "pct_change", "status"),
    [
        ("300.00", "200.00", "normal"),  # exactly +200 % is not a spike
        ("300.01", "200.01", "spike"),
        ("299.99", "199.99", "normal"),
        ("0.00", "-100.00", "normal"),
        ("-1.00", "-101.00", "normal"),
    ],
)
def test_threshold(current: str, pct_change: str, status: str) -> None:
    window = windows_of((0, "100.00"), (100, current), until=179)[-1]
    assert (window.pct_change, window.status) == (Decimal(pct_change), status)


def test_a_spike_may_look_like_exactly_two_hundred() -> None:
    window = windows_of((0, "10000.00"), (100, "30000.01"), until=179)[-1]
    assert (window.pct_change, window.status) == (Decimal("200.00"), "spike")


@pytest.mark.parametrize(
    ("prev", "current", "status"),
    [
        ("0.00", "5.00", "new_activity"),
        ("0.00", "0.00", "no_activity"),
        ("-5.00", "50.00", "non_positive_base"),
        ("-5.00", "0.00", "non_positive_base"),
        ("0.00", "-5.00", "normal"),
    ],
)
def test_statuses_without_a_base(prev: str, current: str, status: str) -> None:
    window = windows_of((0, prev), (100, current), until=179)[-1]
    assert (window.pct_change, window.status) == (None, status)


@pytest.mark.parametrize(
    ("current", "pct_change"), [("200.01", "0.01"), ("199.99", "-0.01"), ("200.03", "0.02")]
)
def test_pct_change_rounds_half_away_from_zero(current: str, pct_change: str) -> None:
    window = windows_of((0, "200.00"), (100, current), until=179)[-1]  # a cent is 0.005 %
    assert window.pct_change == Decimal(pct_change)


def test_round_half_away() -> None:
    assert round_half_away(Fraction(1, 200), 2) == Decimal("0.01")
    assert round_half_away(Fraction(-1, 200), 2) == Decimal("-0.01")
    assert round_half_away(Fraction(2675, 1000), 2) == Decimal("2.68")
    assert round_half_away(Fraction(-1, 300), 2) == 0


def test_spike_event_and_its_drivers() -> None:
    # prev: 2 claims of mean 100; current: 3 claims of mean 300
    (event,) = spikes_of(
        (0, "50.00"), (10, "150.00"), (120, "100.00"), (130, "200.00"), (179, "600.00"), until=179
    )
    assert event["pct_change"] == Decimal("350.00")
    assert (event["claims_prev"], event["claims_current"]) == (2, 3)
    assert event["frequency_effect"] == 200  # (3 − 2) × (100 + 300) / 2
    assert event["severity_effect"] == 500  # 700 − 200
    assert event["top_claim_share"] == Fraction(2, 3)
    assert (event["first_flagged_on"], event["last_flagged_on"]) == (on(179), on(179))


def test_peak_is_the_earliest_of_equals() -> None:
    (event,) = spikes_of((0, "0.00"), (50, "100.00"), (150, "500.00"), until=200)
    assert (event["first_flagged_on"], event["window_end"]) == (on(179), on(179))
    assert event["last_flagged_on"] == on(200)


def test_peak_is_chosen_before_rounding() -> None:
    (event,) = spikes_of(
        (0, "0.00"), (50, "100000.00"), (150, "400001.00"), (190, "1.00"), until=200
    )
    assert event["window_end"] == on(190)  # 300.001 % and then 300.002 %, both shown as 300.00
    assert event["pct_change"] == Decimal("300.00")


def test_a_normal_day_splits_events() -> None:
    events = spikes_of(
        (0, "0.00"), (60, "10.00"), (150, "90.00"), (185, "-90.00"), (186, "90.00"), until=190
    )
    assert [(event["first_flagged_on"], event["last_flagged_on"]) for event in events] == [
        (on(179), on(184)),
        (on(186), on(190)),
    ]


def booking(amount: str, **values: str) -> Booking:
    row = Booking("C1", "", EIN, "2024-01-01", "", amount, "Medical", "paid")
    return replace(row, **values)


def test_bookings_count_as_in_the_fullest_file() -> None:
    original, reversal = booking("100.00"), booking("-100.00")
    reissue, again = booking("120.00"), booking("100.0")
    found = claim_costs.booked(
        [
            [original, original, reversal],  # paid, reversed, and paid again
            [original, reversal, reissue],  # overlaps
            [again],  # another text
        ]
    )
    assert Counter(found) == {original: 2, reversal: 1, reissue: 1, again: 1}
    assert sum(claim_costs.as_claim(one).amount for one in found) == 320
    assert claim_costs.booked([[original], [original]]) == [original]
    other_line = booking("100.00", line_number="2")
    assert Counter(claim_costs.booked([[original, other_line]])) == {original: 1, other_line: 1}


def test_bookings_as_claims() -> None:
    assert claim_costs.as_claim(booking("$100.50", line_number="2")) == Claim(
        "C1", EIN, day("2024-01-01"), Decimal("100.50"), "Medical", "2"
    )
    statuses = ["", "paid", "Paid", "denied", "void", "pending"]
    paid = [text for text in statuses if claim_costs.is_paid(booking("1", claim_status=text))]
    assert paid == ["", "paid", "Paid"]


# roster


@pytest.mark.parametrize(
    ("observed", "expected", "pct_diff", "direction", "severity"),
    [
        (60, 60, 0, "match", "Low"),
        (49, 60, Fraction(55, 3), "under", "Low"),
        (6, 5, 20, "over", "Medium"),
        (8, 10, 20, "under", "Medium"),
        (15, 10, 50, "over", "High"),
        (20, 10, 100, "over", "High"),
        (0, 10, 100, "under", "High"),
        (21, 10, 110, "over", "Critical"),
        (0, 0, 0, "match", "Low"),
        (1, 0, None, "over", "Critical"),
        (5, None, None, None, "Unknown"),
        (3201, 4001, Fraction(80000, 4001), "under", "Low"),  # 19.995 % is shown as 20.00
    ],
)
def test_severity_bands(
    observed: int, expected: int | None, pct_diff: Any, direction: str | None, severity: str
) -> None:
    persons = [Person(f"P{number}", None, None, EIN) for number in range(observed)]
    (row,) = roster.roster_mismatch([Company(EIN, "Acme", expected)], persons, [], AS_OF)
    assert row["observed"] == observed
    assert (row["pct_diff"], row["severity"]) == (pct_diff, severity)
    assert row["direction"] == direction
    assert row["difference"] == (None if expected is None else observed - expected)


def test_companies_on_one_side_and_persons_without_one() -> None:
    links = [
        DomainLink("acme.com", EIN),
        DomainLink("both.com", EIN),
        DomainLink("both.com", OTHER_EIN),
    ]
    persons = [
        Person("P1", "Ann Lee", "ann@acme.com", None),  # inferred
        Person("P2", "Bo Wu", "bo@acme.com", "44-4444444"),  # own wins, not in the seed
        Person("P3", "Li Wu", "li@both.com", None),  # two companies: none
        Person("P4", "Jo Wu", None, None),
    ]
    companies = [Company(EIN, "Acme", 1), Company(OTHER_EIN, None, 45)]
    rows = {
        row["company_ein"]: (
            row["company_name"],
            row["expected"],
            row["observed"],
            row["difference"],
            row["severity"],
        )
        for row in roster.roster_mismatch(companies, persons, links, AS_OF)
    }
    assert rows == {
        EIN: ("Acme", 1, 1, 0, "Low"),
        OTHER_EIN: (OTHER_EIN, 45, 0, -45, "High"),
        "44-4444444": ("44-4444444", None, 1, None, "Unknown"),
        "UNMAPPED": ("UNMAPPED", None, 2, None, "Unknown"),
    }


def test_unmapped_is_listed_only_with_persons() -> None:
    rows = roster.roster_mismatch(ACME.values(), [], [], AS_OF)
    assert [row["company_ein"] for row in rows] == [EIN]


@pytest.mark.parametrize(
    ("status", "ended", "has_left"),
    [
        (None, None, False),
        ("active", None, False),
        ("Terminated", None, True),
        ("terminated", "2025-01-01", False),  # not yet
        ("terminated", "2024-12-31", True),
        ("active", "2024-12-31", True),
        ("seconded", "2024-12-30", True),
        (None, "2024-12-31", True),
        (None, "2025-01-01", False),
        ("seconded", None, False),
    ],
)
def test_who_has_left_is_not_observed(
    status: str | None, ended: str | None, has_left: bool
) -> None:
    person = Person("P1", "Ann Lee", "a@acme.com", EIN, status, day(ended) if ended else None)
    (row,) = roster.roster_mismatch([Company(EIN, "Acme", 1)], [person], [], AS_OF)
    assert (row["observed"], row["terminated"]) == ((0, 1) if has_left else (1, 0))
    owner = holder("E1", "Ann Lee", "a@acme.com")
    found = roster.roster_differences([person], [owner], [], AS_OF, AS_OF)
    assert [row["difference_type"] for row in found] == ["missing_in_benefits_admin"] * has_left
    unlisted = replace(person, company_ein=OTHER_EIN)
    listed = [row["company_ein"] for row in roster.roster_mismatch([], [unlisted], [], AS_OF)]
    assert listed == [OTHER_EIN] * (not has_left)


@pytest.mark.parametrize(
    ("status", "ended", "has_left"),
    [
        ("active", None, False),
        ("active", "2024-12-31", True),
        ("active", "2025-01-01", False),
        ("seconded", "2024-01-01", True),
        ("terminated", None, True),
        ("Terminated", "2025-01-01", True),
    ],
)
def test_holders_that_left(status: str, ended: str | None, has_left: bool) -> None:
    person = Person("P1", "Ann Lee", "a@acme.com", EIN)
    owner = holder("E1", "Ann Lee", "a@acme.com", status)
    owner = replace(owner, termination_date=day(ended) if ended else None)
    found = roster.roster_differences([person], [owner], [], AS_OF, AS_OF)
    assert [row["difference_type"] for row in found] == ["terminated_on_roster"] * has_left


@pytest.mark.parametrize(
    ("full_name", "first", "last", "differs"),
    [
        ("Lee, Ann", "Ann", "Lee", False),
        ("LEE (Ann)", "ann", "lee", False),
        ("José García", "Jose", "Garcia", False),
        (unicodedata.normalize("NFD", "Jürgen Åberg"), "Jürgen", "Aberg", False),
        ("D'Arcy O’Neil", "DʼArcy", "ONeil", False),
        ("D'Arcy Lee", "D Arcy", "Lee", True),
        ("Ann Smith-Jones", "Ann", "Smith Jones", False),
        ("Ann Smith-Jones", "Ann", "SmithJones", True),
        ("J.R. Lee", "JR", "Lee", False),
        ("Ann Ann Lee", "Lee", "Ann", False),
        ("Ann M. Lee", "Ann", "Lee", True),
        ("Ann Lee", "Anne", "Lee", True),
        ("Ann Lee", None, "Lee", True),
        ("Ann Lee", "-", "...", False),  # no word
        (None, "Ann", "Lee", False),
    ],
)
def test_names_are_sets_of_words(
    full_name: str | None, first: str | None, last: str | None, differs: bool
) -> None:
    person = Person("P1", full_name, None, None)
    owner = Holder("E1", first, last, None, None, "active")
    assert roster.names_differ(person, owner) == differs


def holder(employee_id: str, name: str | None, email: str | None, status: str = "active") -> Holder:
    first, _, last = (name or "").partition(" ")
    return Holder(employee_id, first or None, last or None, email, day("2024-01-01"), status)


def test_roster_differences() -> None:
    links = [DomainLink("acme.com", EIN), DomainLink("blue.io", OTHER_EIN)]
    persons = [
        Person("P1", "Ann Lee", "Ann@ACME.com", EIN),  # the same person
        Person("P2", "Bo Wu", "bo@acme.com", EIN),  # only here
        Person("P3", "Cy Orr", None, EIN),  # no e-mail: only here
        Person("P4", "Di Fox", "di@blue.io", EIN),  # company and name differ, and terminated
        Person("P5", "Office", "office@acme.com", EIN),
        Person("P6", "Desk", "desk@acme.com", None),
        Person("P7", "Desk", "DESK@acme.com", "44-4444444"),
        Person("P8", None, "null@acme.com", EIN),  # a name on one side only
        Person("P9", "Al  Ray", "al@nowhere.test", EIN),  # a company on one side only
    ]
    holders = [
        holder("E1", "ANN lee", "ann@acme.com"),
        holder("E2", "Only There", "there@blue.io"),
        holder("E3", "No Mail", None),
        holder("E4", "Di Foxx", "di@blue.io", "Terminated"),
        holder("E5", "Office", "office@acme.com"),
        holder("E6", "Office Two", "office@acme.com"),
        holder("E8", "Some One", "null@acme.com"),
        holder("E9", "al ray", "al@nowhere.test"),
    ]
    differences = roster.roster_differences(persons, holders, links, AS_OF, AS_OF)
    rows = [tuple(row.values()) for row in differences]
    assert Counter(rows) == Counter(
        [
            (EIN, "benefits_admin_only", "P2", None, "missing_in_spend_accounts"),
            (EIN, "benefits_admin_only", "P3", None, "missing_in_spend_accounts"),
            (OTHER_EIN, "spend_accounts_only", None, "E2", "missing_in_benefits_admin"),
            (None, "spend_accounts_only", None, "E3", "missing_in_benefits_admin"),
            (EIN, "both", "P4", "E4", "terminated_on_roster"),
            (EIN, "both", "P4", "E4", "name_differs"),
            (EIN, "both", "P4", "E4", "company_differs"),
            (EIN, "both", "P5", None, "ambiguous_email"),
            (EIN, "both", None, "E5", "ambiguous_email"),
            (EIN, "both", None, "E6", "ambiguous_email"),
            (EIN, "benefits_admin_only", "P6", None, "ambiguous_email"),
            ("44-4444444", "benefits_admin_only", "P7", None, "ambiguous_email"),
        ]
    )


# spending


def sale(number: int, amount: str, at: str, category: str | None = "food") -> Transaction:
    moment = dt.datetime.fromisoformat(at)
    return Transaction(f"T{number}", "E1", "BA1", "Shop", Decimal(amount), moment, category)


ACCOUNT = Account("BA1", "E1", "meals", "Meals", Decimal("100.00"))
OWNER = Holder("E1", "Ann", "Lee", None, day("2024-02-15"), "active")
APRIL = "2024-04-01T00:00:00+00:00"


def utilization(
    *sales: Transaction,
    owner: Holder = OWNER,
    versions: tuple[Account | None, ...] = (ACCOUNT,),
    as_of: str = "2024-04-10",
) -> list[dict[str, Any]]:
    """Rows of one account, of which each delivery has a version, or not."""
    held = files(*([one] if one else [] for one in versions))
    return spending.account_utilization(held, [owner], sales, day(as_of))


def shown(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [(row["month"].month, *(row[column] for column in columns)) for row in rows]


def test_utilization_fills_every_month() -> None:
    rows = utilization(
        sale(1, "60.00", "2024-03-01T00:00:00+00:00"),
        sale(2, "40.00", "2024-03-31T23:59:59+00:00"),
        sale(3, "100.01", "2024-03-31T22:00:00-05:00"),  # April in UTC
    )
    assert shown(rows, "spend", "utilization_pct", "over_allowance") == [
        (2, 0, 0, False),
        (3, 100, 100, False),  # exactly the allowance
        (4, Decimal("100.01"), Fraction(10001, 100), True),
    ]


def test_utilization_without_allowance() -> None:
    nothing = replace(ACCOUNT, monthly_allowance=Decimal(0))
    rows = utilization(sale(1, "1.00", APRIL), versions=(nothing,))
    columns = ("allowance", "spend", "utilization_pct", "over_allowance")
    assert shown(rows, *columns) == [
        (2, 0, 0, None, False),
        (3, 0, 0, None, False),
        (4, 0, 1, None, True),
    ]
    unlimited = replace(ACCOUNT, monthly_allowance=None)
    rows = utilization(sale(1, "1.00", APRIL), versions=(unlimited,))
    assert shown(rows, *columns)[-1] == (4, None, 1, None, False)


def test_utilization_begins_with_an_earlier_transaction() -> None:
    early = sale(1, "1.00", "2024-01-31T12:00:00+00:00")
    undated, late = replace(OWNER, hire_date=None), replace(OWNER, hire_date=day("2024-05-01"))
    assert shown(utilization(early)) == [(1,), (2,), (3,), (4,)]
    assert shown(utilization(early, owner=undated)) == [(1,), (2,), (3,), (4,)]
    assert utilization(owner=undated) == []
    assert utilization(owner=late) == []


@pytest.mark.parametrize(
    ("status", "ended", "last_month"),
    [
        ("terminated", "2024-03-01", 3),
        ("terminated", "2024-09-01", 4),
        ("active", "2024-03-01", 3),
        ("active", "2024-09-01", 4),
        ("seconded", "2024-03-31", 3),
        ("terminated", None, 4),
    ],
)
def test_utilization_ends_with_termination(status: str, ended: str | None, last_month: int) -> None:
    gone = replace(OWNER, status=status, termination_date=day(ended) if ended else None)
    rows = utilization(owner=gone)
    assert [row["month"].month for row in rows] == list(range(2, last_month + 1))


@pytest.mark.parametrize(
    ("status", "ended", "spent"),
    [
        ("active", None, [1, 2, 4]),
        ("active", "2024-03-02", [1]),  # withheld from that day on
        ("terminated", "2024-03-03", [1, 2]),
        ("terminated", None, []),
    ],
)
def test_spend_ends_with_termination(status: str, ended: str | None, spent: list[int]) -> None:
    gone = replace(OWNER, status=status, termination_date=day(ended) if ended else None)
    sales = [
        sale(1, "1.00", "2024-03-01T23:59:59+00:00"),
        sale(2, "2.00", "2024-03-02T00:00:00+00:00"),
        sale(3, "4.00", "2024-03-03T00:00:00+00:00"),
        sale(4, "8.00", "2024-04-11T00:00:00+00:00"),  # after as_of
    ]
    found = spending.counted(sales, [gone], files([ACCOUNT]), day("2024-04-10"))
    assert [int(one.amount) for one in found] == spent


@pytest.mark.parametrize(
    ("amount", "columns", "is_spend"),
    [
        ("1.00", {}, True),
        ("-1.00", {}, False),
        ("-1.00", {"transaction_type": "purchase"}, False),
        ("-1.00", {"transaction_type": "Refund"}, True),
        ("-1.00", {"transaction_type": "chargeback"}, True),
        ("1.00", {"transaction_type": "refund"}, True),
        ("1.00", {"transaction_status": "Posted"}, True),
        ("1.00", {"transaction_status": "pending"}, False),
        ("1.00", {"transaction_status": "declined"}, False),
        ("1.00", {"transaction_status": "?"}, False),
        ("1.00", {"currency": "usd"}, True),
        ("1.00", {"currency": "EUR"}, False),
    ],
)
def test_what_is_spend(amount: str, columns: dict[str, Any], is_spend: bool) -> None:
    found = replace(sale(1, amount, "2024-03-01T12:00:00+00:00"), **columns)
    assert spending.is_spend(found) == is_spend


def test_refunds_net() -> None:
    back = replace(sale(2, "-0.01", "2024-03-31T12:00:00+00:00"), transaction_type="refund")
    rows = utilization(sale(1, "100.01", "2024-03-01T12:00:00+00:00"), back)
    assert shown(rows, "spend", "over_allowance")[1] == (3, 100, False)
    (*_, april) = utilization(replace(back, paid_at=dt.datetime.fromisoformat(APRIL)))
    assert (april["spend"], april["utilization_pct"]) == (Decimal("-0.01"), Fraction(-1, 100))


def stated(allowance: str | None, at: str | None = None, period: str = "month") -> Account:
    return replace(
        ACCOUNT,
        monthly_allowance=None if allowance is None else Decimal(allowance),
        allowance_period=period,
        last_updated=dt.datetime.fromisoformat(at) if at else None,
    )


@pytest.mark.parametrize(
    ("versions", "allowances"),
    [  # of February, March and April; the deliveries are of 1 January, 1 February, 1 March
        ((stated("1"),), [1, 1, 1]),
        ((stated("1"), stated("1"), stated("2")), [1, 2, 2]),
        ((None, None, stated("1")), [1, 1, 1]),  # the first has always been
        ((stated("1"), stated("2"), stated("1")), [2, 1, 1]),
        # known on the last day of a month, or on the day after it in UTC
        ((stated("1"), stated("2", "2024-03-31T23:59:59+00:00")), [1, 2, 2]),
        ((stated("1"), stated("2", "2024-03-31T23:59:59-01:00")), [1, 1, 2]),
        # an older version arrives late: nothing changes
        (
            (
                stated("1", "2024-01-01T00:00:00Z"),
                stated("2", "2024-04-02T00:00:00Z"),
                stated("3", "2024-03-03T00:00:00Z"),
            ),
            [1, 3, 2],
        ),
        # without last_updated it is the oldest, whenever it is delivered
        ((stated("1", "2024-03-02T00:00:00Z"), stated("2"), stated("2")), [2, 1, 1]),
        ((stated("1", "2024-03-02T00:00:00Z"), stated("1"), stated("2")), [1, 1, 1]),
        # equally old ones: the later delivery
        ((stated("1", "2024-03-02T00:00:00Z"), stated("2", "2024-03-02T00:00:00Z")), [1, 2, 2]),
        # what can't be read is as if it had never come
        ((stated("1"), replace(stated("2"), is_readable=False), stated("3")), [1, 3, 3]),
        ((replace(stated("1"), is_readable=False), stated("2"), stated("2")), [2, 2, 2]),
        ((stated("1"), stated("2"), stated(None)), [2, None, None]),
    ],
)
def test_a_month_is_measured_by_what_was_known(
    versions: tuple[Account | None, ...], allowances: list[int | None]
) -> None:
    rows = utilization(versions=versions)
    assert [row["allowance"] for row in rows] == allowances


def test_accounts_that_left_or_are_withheld() -> None:
    lost = (ACCOUNT, None)
    assert utilization(sale(1, "1.00", APRIL), versions=lost) == []
    held = [one for one in files([ACCOUNT], [])]
    assert len(spending.counted([sale(1, "1.00", APRIL)], [OWNER], held, AS_OF)) == 1
    unreadable = files([ACCOUNT], [replace(ACCOUNT, is_readable=False)])
    assert spending.current_accounts(unreadable) == []
    assert spending.counted([sale(1, "1.00", APRIL)], [OWNER], unreadable, AS_OF) == []


def test_periods_add_up_to_date() -> None:
    sales = [
        sale(1, "60.00", "2024-02-29T12:00:00+00:00"),
        sale(2, "40.00", "2024-03-01T12:00:00+00:00"),
        sale(3, "0.01", "2024-03-31T12:00:00+00:00"),
        sale(4, "30.00", APRIL),
    ]

    def measured(*versions: Account) -> list[tuple[Any, ...]]:
        rows = utilization(*sales, versions=versions)
        return shown(rows, "allowance_period", "period_spend", "over_allowance")

    spent = Decimal("100.01")
    assert measured(stated("100", None, "quarter")) == [
        (2, "quarter", 60, False),
        (3, "quarter", spent, True),
        (4, "quarter", 30, False),
    ]
    assert measured(stated("130", None, "year")) == [
        (2, "year", 60, False),
        (3, "year", spent, False),
        (4, "year", spent + 30, True),
    ]
    changes = stated("50"), stated("50"), stated("100", None, "quarter")
    assert measured(*changes) == [
        (2, "month", 60, True),
        (3, "quarter", spent, True),  # February is part of it
        (4, "quarter", 30, False),
    ]
    (*_, april) = utilization(*sales, versions=(stated("300", None, "year"),))
    assert (april["spend"], april["utilization_pct"]) == (30, 10)  # the month's own


@pytest.mark.parametrize(
    ("month", "period", "first"),
    [
        ("2024-03-01", "month", "2024-03-01"),
        ("2024-03-01", "quarter", "2024-01-01"),
        ("2024-04-01", "quarter", "2024-04-01"),
        ("2024-12-01", "quarter", "2024-10-01"),
        ("2024-12-01", "year", "2024-01-01"),
    ],
)
def test_period_start(month: str, period: str, first: str) -> None:
    assert spending.period_start(day(month), period) == day(first)


def test_benefit_programs() -> None:
    other = replace(ACCOUNT, benefit_account_id="BA2")
    yearly = replace(ACCOUNT, benefit_account_id="BA3", allowance_period="year")
    gone = replace(ACCOUNT, benefit_account_id="BA4")
    rows = spending.benefit_programs(files([gone], [ACCOUNT, other, yearly]))
    assert [tuple(row.values()) for row in rows] == [
        ("meals", "Meals", 100, "month", 2),
        ("meals", "Meals", 100, "year", 1),
    ]


@pytest.mark.parametrize(
    ("categories", "primary"),
    [
        (["gym", "food", "gym"], "gym"),
        (["gym", "food"], "food"),  # a tie: alphabetical
        ([None, None, "gym"], "gym"),
        ([None], None),
    ],
)
def test_primary_category(categories: list[str | None], primary: str | None) -> None:
    sales = [
        sale(number, "1.00", "2024-03-01T00:00:00+00:00", category)
        for number, category in enumerate(categories)
    ]
    assert spending.merchants(sales) == [
        {"merchant": "Shop", "primary_category": primary, "transaction_count": len(sales)}
    ]


# comparison


def test_comparison_finds_every_kind_of_difference() -> None:
    row = {"id": 1, "cost": Decimal("1.00"), "share": Fraction(1, 3)}
    published = {"id": 1, "cost": Decimal("1.00"), "share": Decimal("0.3333"), "load_id": "x"}

    def compared(*actual: dict[str, Any], tolerant: bool = False) -> list[tuple[str, ...]]:
        found = mismatches([row], actual, ("id",), {"share": 4}, tolerant)
        return [mismatch.columns for mismatch in found]

    assert compared(published) == []
    assert compared() == [()]
    assert compared(published, published) == [()]
    assert compared(published, {**published, "id": 2}) == [()]
    assert compared({**published, "cost": Decimal("1.01")}) == [("cost",)]
    assert compared({**published, "cost": 1.0}) == [("cost",)]
    assert compared({**published, "cost": None}) == [("cost",)]
    assert compared({**published, "share": Decimal("0.3334")}) == [("share",)]
    assert compared({**published, "share": Decimal("0.3334")}, tolerant=True) == [("share",)]
    assert compared({**published, "share": None}, tolerant=True) == [("share",)]
    twice = count_mismatches([row, row], [row, published], ("id", "cost"))
    assert twice == []
    (found,) = count_mismatches([row, row], [row], ("id", "cost"))
    assert (found.key, len(found.expected), len(found.actual)) == ((1, row["cost"]), 2, 1)
    assert decimal_scale("DECIMAL(38,6)") == 6
    with pytest.raises(AssertionError, match="DOUBLE"):
        decimal_scale("DOUBLE")


# generators


@pytest.fixture(scope="module")
def made() -> Generated:
    return generate(600, seed=7)


def paid_claims(made: Generated) -> list[Claim]:
    booked = claim_costs.booked(made.data.booking_files)
    paid = [claim_costs.as_claim(one) for one in booked if claim_costs.is_paid(one)]
    return [*made.data.claims, *paid]


def test_generator_repeats_and_cases_stand_alone(made: Generated) -> None:
    again, fewer = generate(600, seed=7), generate(50, seed=7)
    assert again.data == made.data
    for file, file_of_fewer in zip(made.data.plan_files, fewer.data.plan_files, strict=True):
        assert file.rows[: len(file_of_fewer.rows)] == file_of_fewer.rows
    assert generate(50, seed=8).data.plan_files != fewer.data.plan_files


def test_generated_keys_are_unique_and_histories_short(made: Generated) -> None:
    data = made.data
    everything: list[list[Any]] = [
        [(one.claim_id, one.line_number) for one in data.claims],
        [one.person_id for one in data.persons],
        [one.employee_id for one in data.holders],
        [one.transaction_id for one in data.transactions],
        [one.company_ein for one in data.companies],
        [(one.email_domain, one.company_ein) for one in data.domain_links],
        *(file.rows for file in data.plan_files),
        *([one.benefit_account_id for one in file.rows] for file in data.account_files),
    ]
    for keys in everything:
        assert len(keys) == len(set(keys))
    for plan_file in data.plan_files:  # what counts is never a matter of hashes
        several = Counter(one.key for one in plan_file.rows)
        assert not any(one.last_updated for one in plan_file.rows if several[one.key] > 1)
    spans = claim_costs.claims_by_company(paid_claims(made), DEFAULT_KNOBS.claims_as_of)
    oldest = min(one.service_date for claims in spans.values() for one in claims)
    assert (DEFAULT_KNOBS.claims_as_of - oldest).days < 500
    assert max(one.service_date for one in paid_claims(made)) == DEFAULT_KNOBS.claims_as_of
    assert max(one.utc_day for one in data.transactions) == DEFAULT_KNOBS.spend_as_of


def test_generated_snapshots_shrink_less_than_the_guard_allows(made: Generated) -> None:
    plans: list[set[Any]] = [{one.key for one in file.rows} for file in made.data.plan_files]
    accounts: list[set[Any]] = [
        {one.benefit_account_id for one in file.rows} for file in made.data.account_files
    ]
    for held in (plans, accounts):
        for before, after in pairwise(held):
            assert 0 < len(before - after) < len(before) * 0.2


def test_generated_companies_are_of_all_kinds(made: Generated) -> None:
    """In the default run of 2,400 cases: 2,000 companies of plans, and as many with bookings."""
    data = made.data
    most = 2_000 * len(made.case_of) // 2_400
    states: dict[str, set[frozenset[Plan]]] = {}
    options: set[str] = set()
    for file in data.plan_files:
        held: dict[str, list[Plan]] = {company_ein: [] for company_ein in made.case_of}
        for one in file.rows:
            held[one.company_ein].append(one)
        for company_ein, plans in held.items():
            states.setdefault(company_ein, set()).add(frozenset(plans))
            if len({one.key for one in plans}) < len(plans):
                options.add(company_ein)
    changed = {company_ein for company_ein, several in states.items() if len(several) > 1}
    state = plan_gaps.plan_state(data.plan_files)
    companies = {company.company_ein: company for company in data.companies}
    claims = paid_claims(made)
    found = plan_gaps.plan_gaps(state, claims, companies, DEFAULT_KNOBS.claims_as_of)
    told = {
        row["company_ein"] for row in found if row["gap_type"] in ("withdrawn", "never_covered")
    }
    assert len((told | options | changed) & set(made.case_of)) >= most
    assert len(options) >= 50
    assert len({one.company_ein for one in claims} - set(made.case_of)) >= most


def test_generated_accounts_are_of_all_kinds(made: Generated) -> None:
    """In the default run: 2,000 of some 3,300 accounts."""
    refunded = {
        one.benefit_account_id
        for one in made.data.transactions
        if one.amount < 0 and one.transaction_type
    }
    kinds_of = {
        account_id: account_kinds([version.account for version in versions])
        for account_id, versions in spending.histories(made.data.account_files).items()
    }
    counts = Counter(name for kinds in kinds_of.values() for name, is_so in kinds.items() if is_so)
    assert min(counts.values()) >= 20, counts
    special = {account_id for account_id, kinds in kinds_of.items() if any(kinds.values())}
    assert len(refunded) >= 100
    assert len(special | refunded) >= 2_000 * len(kinds_of) // 3_300


def account_kinds(versions: list[Account]) -> dict[str, bool]:
    stamps = {one.last_updated for one in versions}
    return {
        "allowance changes": len({one.monthly_allowance for one in versions}) > 1,
        "period changes": len({one.allowance_period for one in versions}) > 1,
        "changes are dated": len(stamps) > 1 and None not in stamps,
        "some changes are dated": len(stamps) > 1 and None in stamps,
        "unlimited": any(one.monthly_allowance is None for one in versions),
        "of a quarter": any(one.allowance_period == "quarter" for one in versions),
        "of a year": any(one.allowance_period == "year" for one in versions),
        "once unreadable": not all(one.is_readable for one in versions[:-1]),
        "withheld": not versions[-1].is_readable,
    }


def test_generated_plans_reach_the_borders(made: Generated) -> None:
    data, as_of = made.data, DEFAULT_KNOBS.claims_as_of
    companies = {company.company_ein: company for company in data.companies}
    state = plan_gaps.plan_state(data.plan_files)
    claims = paid_claims(made)
    reported = plan_gaps.plan_gaps(state, claims, companies, as_of)
    shorter = plan_gaps.plan_gaps(state, claims, companies, as_of, min_days=88)
    lengths = Counter((row["gap_type"], row["gap_length_days"]) for row in shorter)
    for gap_type in ("internal", "trailing", "withdrawn", "never_covered"):
        for length in (89, 90, 91, 92):
            assert lengths[gap_type, length] >= 2, (gap_type, length)
    kinds = Counter(row["gap_type"] for row in reported)
    assert (
        min(kinds[name] for name in ("internal", "trailing", "withdrawn", "never_covered")) >= 100
    )
    assert sum("|" in (row["previous_carrier"] or "") for row in reported) >= 30
    assert sum("|" in (row["next_carrier"] or "") for row in reported) >= 10
    assert sum(row["claims_in_gap"] > 0 for row in reported) >= 100
    to_date = [
        row["days_to_date"] for row in reported if row["days_to_date"] < row["gap_length_days"]
    ]
    assert to_date.count(0) >= 2
    assert sum(days > 0 for days in to_date) >= 10
    withdrawn = {
        (row["company_ein"], row["plan_type"]) for row in reported if row["gap_type"] == "withdrawn"
    }
    bad = {(one.company_ein, one.plan_type) for one in state.withheld}
    assert len(withdrawn & bad) >= 20, "whose newest version is bad"
    assert len(withdrawn - bad) >= 100, "that are gone"
    assert any(one.start_date.year < 1990 for one in state.withheld)
    islands = plan_gaps.plan_coverage(state.valid)
    assert sum(row["coverage_end"] is None for row in islands) >= 100
    assert sum(row["plan_count"] >= 3 for row in islands) >= 100
    on_edge = Counter(
        step
        for row in reported
        for one in claims
        if (one.company_ein, one.claim_type) == (row["company_ein"], row["plan_type"])
        for step in (-1, 0)
        if one.service_date == row["gap_start"] + dt.timedelta(days=step)
    )
    assert min(on_edge[-1], on_edge[0]) >= 20
    covered = {one.company_ein for file in data.plan_files for one in file.rows}
    planless = {one.company_ein for one in data.claims} & set(made.case_of) - covered
    assert len(planless) >= 20


def test_generated_bookings_overlap(made: Generated) -> None:
    files_of: dict[Booking, list[int]] = {}
    for number, file in enumerate(made.data.booking_files):
        for one in file:
            files_of.setdefault(one, []).append(number)
    booked = Counter(claim_costs.booked(made.data.booking_files))
    assert set(booked) == set(files_of)
    assert sum(len(set(numbers)) > 1 for numbers in files_of.values()) >= 500
    assert sum(count > 1 for count in booked.values()) >= 200
    both = sum(count < len(files_of[one]) for one, count in booked.items())
    assert both >= 500, "that a sum over files would count too often"
    assert sum(count > 1 and len(set(files_of[one])) > 1 for one, count in booked.items()) >= 100
    texts = Counter(replace(one, amount=one.amount.removeprefix("$")) for one in booked)
    assert sum(count > 1 for count in texts.values()) >= 50
    costs = [claim_costs.as_claim(one).amount for one in booked.elements()]
    assert sum(amount < 0 for amount in costs) >= 200
    assert sum(not claim_costs.is_paid(one) for one in booked) >= 50


def test_generated_claims_reach_the_borders(made: Generated) -> None:
    data, as_of = made.data, DEFAULT_KNOBS.claims_as_of
    statuses: Counter[str] = Counter()
    growth: Counter[str] = Counter()
    events: list[dict[str, Any]] = []
    ties = halves = 0
    for claims in claim_costs.claims_by_company(data.claims, as_of).values():
        windows = claim_costs.company_windows(claims, as_of)
        events += claim_costs.company_spikes(claims, windows, {})
        for window in windows:
            statuses[window.status] += 1
            if window.pct_change is None:
                continue
            prev, current = Fraction(window.prev_90d_cost), Fraction(window.current_90d_cost)
            exact = (current - prev) / prev * 100
            halves += (exact * 1000) % 10 == 5
            if exact == 200:
                growth["exactly"] += 1
            if current - 3 * prev == Fraction(1, 100):
                growth["a cent above"] += 1
            if exact > 200 and window.pct_change == 200:
                growth["shown as exactly"] += 1
        for run in claim_costs.spike_runs(windows):
            peak = max(map(claim_costs.exact_ratio, run))
            best = [window for window in run if claim_costs.exact_ratio(window) == peak]
            ties += len({window.prev_90d_cost for window in best}) > 1
    assert set(statuses) == {
        "insufficient_history",
        "new_activity",
        "no_activity",
        "non_positive_base",
        "spike",
        "normal",
    }
    assert min(statuses.values()) >= 500
    assert growth["exactly"] >= 20
    assert growth["a cent above"] >= 20
    assert growth["shown as exactly"] >= 10
    assert halves >= 20
    assert ties >= 3, "peaks that tie with different sums"
    assert sum(event["last_flagged_on"] == as_of for event in events) >= 50
    assert sum(event["top_claim_share"] > 1 for event in events) >= 2
    assert max(Counter(event["company_ein"] for event in events).values()) >= 3


def test_generated_rosters_reach_the_borders(made: Generated) -> None:
    data = made.data
    as_of = DEFAULT_KNOBS.claims_as_of
    rows = roster.roster_mismatch(data.companies, data.persons, data.domain_links, as_of)
    borders = Counter((row["pct_diff"], row["direction"]) for row in rows)
    for border in (20, 50, 100):
        for direction in ("over", "under"):
            assert borders[Fraction(border), direction] >= 3, (border, direction)
    severities = Counter(row["severity"] for row in rows)
    assert min(severities[name] for name in ("Low", "Medium", "High", "Critical", "Unknown")) >= 30
    assert sum(row["expected"] == 0 and row["observed"] == 0 for row in rows) >= 2
    assert sum(row["expected"] == 0 and row["observed"] > 0 for row in rows) >= 5
    assert sum(row["terminated"] for row in rows) >= 200
    assert sum(row["terminated"] > 0 and row["pct_diff"] in (20, 50, 100) for row in rows) >= 10
    gone_on = Counter(
        (one.termination_date - as_of).days for one in data.persons if one.termination_date
    )
    assert min(gone_on[-1], gone_on[0], gone_on[1]) >= 20
    found = roster.roster_differences(
        data.persons, data.holders, data.domain_links, as_of, made.today
    )
    kinds = Counter((row["side"], row["difference_type"]) for row in found)
    assert len(kinds) == 8
    assert min(kinds.values()) >= 20
    holders_of = {one.email.lower(): one for one in data.holders if one.email}
    alike = Counter(
        roster.names_differ(one, other)
        for one in data.persons
        if one.email and (other := holders_of.get(one.email.lower()))
        if (one.full_name or "").lower() != f"{other.first_name} {other.last_name}".lower()
    )
    assert min(alike[True], alike[False]) >= 50


def test_generated_spending_reaches_the_borders(made: Generated) -> None:
    data, as_of = made.data, DEFAULT_KNOBS.spend_as_of
    rows = spending.account_utilization(data.account_files, data.holders, data.transactions, as_of)
    assert sum(row["utilization_pct"] == 100 for row in rows) >= 20
    limited = [row for row in rows if row["allowance"] is not None]
    for period in ("month", "quarter", "year"):
        own = [row for row in limited if row["allowance_period"] == period and row["allowance"]]
        beyond = Counter(row["period_spend"] - row["allowance"] for row in own)
        assert min(beyond[Decimal("0.01")], beyond[Decimal(0)]) >= 10, period
        assert sum(row["over_allowance"] for row in own) >= 30, period
        sums = sum(0 < row["spend"] < row["period_spend"] for row in own)
        assert (sums >= 10) == (period != "month"), period
    assert sum(row["spend"] < 0 for row in rows) >= 20
    assert sum(row["allowance"] == 0 and row["spend"] > 0 for row in rows) >= 20
    counted = spending.counted(data.transactions, data.holders, data.account_files, as_of)
    refunds = [one for one in counted if one.amount < 0]
    assert len(refunds) >= 100
    assert 100 <= len(data.transactions) - len(counted) <= len(data.transactions) / 3
    late = [
        one.employee_id
        for one in data.holders
        if one.status.lower() != "terminated" and one.has_left(as_of)
    ]
    sold_late = {one.employee_id for one in data.transactions} - {
        one.employee_id for one in counted
    }
    assert len(late) >= 50
    assert sold_late & set(late), "spending from the last day on"
    without = {one.benefit_account_id for one in spending.current_accounts(data.account_files)}
    assert without - {row["benefit_account_id"] for row in rows}, "an account without a month"
    votes: dict[str, Counter[str]] = {}
    for one in counted:
        if one.category:
            votes.setdefault(one.merchant, Counter())[one.category] += 1
    tied = sum(list(vote.values()).count(max(vote.values())) > 1 for vote in votes.values())
    assert tied >= 50
    assert any(row["primary_category"] is None for row in spending.merchants(counted))


def test_landing_zone_layout(made: Generated, tmp_path: Any) -> None:
    write_landing_zone(made.data, tmp_path)
    headers = {
        str(path.relative_to(tmp_path)): path.read_text("utf-8").splitlines()[0]
        for path in sorted(tmp_path.rglob("*.csv"))
    }
    claims = "claim_id,line_number,company_ein,service_date,{}amount,claim_type{}"
    bookings = claims.format("paid_date,", ",claim_status")
    plans = "company_ein,plan_type,carrier_name,start_date,end_date,plan_name,last_updated"
    accounts = (
        "benefit_account_id,employee_id,benefit_type,program_name,monthly_allowance,"
        "allowance_period,current_balance,last_updated"
    )
    assert headers == {
        "benefits_admin/claims/001.csv": claims.format("", ""),
        **{
            f"benefits_admin/claims/sender=movements/{name}": bookings
            for name in ("2024-10-31.csv", "2024-11-30/a.csv", "2024-11-30/b.csv", "2024-12-30.csv")
        },
        "benefits_admin/employees/001.csv": (
            "person_id,full_name,title,email,company_ein,start_date,notes,status,termination_date"
        ),
        **{
            f"benefits_admin/plans/{name}.csv": plans
            for name in (
                *("2023-01-05", "2023-07-05", "2024-01-05"),
                *("2024-06-05", "2024-09-05", "2024-12-05"),
            )
        },
        **{
            f"spend_accounts/benefit_accounts/{name}.csv": accounts
            for name in ("2023-08-10", "2024-03-31", "2024-07-01", "2024-08-15", "2024-11-25")
        },
        "spend_accounts/employees/2024-11-25.csv": (
            "employee_id,first_name,last_name,email,hire_date,status,termination_date"
        ),
        "spend_accounts/transactions/001.csv": (
            "transaction_id,employee_id,benefit_account_id,merchant,amount,timestamp,category,"
            "transaction_type,transaction_status,currency"
        ),
    }


def test_delivered_texts_say_what_is_meant(made: Generated, tmp_path: Any) -> None:
    write_landing_zone(made.data, tmp_path)

    def texts(folder: str, column: str) -> set[str]:
        paths = (tmp_path / folder).rglob("*.csv")
        return {
            row[column]
            for path in paths
            for row in csv.DictReader(path.open(encoding="utf-8", newline=""))
        }

    assert {"", "9999-12-31", "TBD", "present", "0000-00-00", "1989-12-31"} <= texts(
        "benefits_admin/plans", "end_date"
    )
    assert set(PLAN_TYPES) | {name.lower() for name in PLAN_TYPES} == texts(
        "benefits_admin/plans", "plan_type"
    )
    assert {"unlimited", "Unlimited", "lots", ""} <= texts(
        "spend_accounts/benefit_accounts", "monthly_allowance"
    )
    assert texts("spend_accounts/benefit_accounts", "allowance_period") == {
        *("", "month", "quarter", "year", "fortnight")
    }


def test_reference_seeds_say_that_claims_are_movements(made: Generated, tmp_path: Any) -> None:
    write_reference_seeds(made.data, tmp_path)
    assert (tmp_path / "sender_settings.csv").read_text("utf-8").splitlines() == [
        "source,feed,sender,setting,value",
        "benefits_admin,claims,movements,claims_are,movements",
    ]
