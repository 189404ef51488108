"""The references themselves, on small examples worked out by hand from SPEC 4."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import claim_costs, plan_gaps, roster, spending
from reference.compare import decimal_scale, mismatches
from reference.generate import DEFAULT_KNOBS, Generated, generate, write_landing_zone
from reference.records import (
    Account,
    Claim,
    Company,
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


def gaps(*plans: Plan, claims: tuple[Claim, ...] = (), as_of: dt.date = AS_OF) -> list[Any]:
    return plan_gaps.plan_gaps(plans, claims, ACME, as_of)


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
            claim("2024-02-29", "100.00", "Dental"),
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
    assert (row["gap_type"], row["gap_end"], row["gap_length_days"]) == (
        "internal",
        day("2025-03-31"),
        121,
    )


def test_carrier_names_are_distinct_and_may_be_missing() -> None:
    (row,) = gaps(
        plan("2020-01-01", "2020-12-31", None),
        plan("2024-01-01", "2024-12-31", "Aetna"),
        plan("2024-01-01", "2024-12-31", None),
    )
    assert (row["previous_carrier"], row["next_carrier"]) == (None, "Aetna")


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
    (row,) = roster.roster_mismatch([Company(EIN, "Acme", expected)], persons, [])
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
        for row in roster.roster_mismatch(companies, persons, links)
    }
    assert rows == {
        EIN: ("Acme", 1, 1, 0, "Low"),
        OTHER_EIN: (OTHER_EIN, 45, 0, -45, "High"),
        "44-4444444": ("44-4444444", None, 1, None, "Unknown"),
        "UNMAPPED": ("UNMAPPED", None, 2, None, "Unknown"),
    }


def test_unmapped_is_listed_only_with_persons() -> None:
    assert [row["company_ein"] for row in roster.roster_mismatch(ACME.values(), [], [])] == [EIN]


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
    rows = [tuple(row.values()) for row in roster.roster_differences(persons, holders, links)]
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


def utilization(
    allowance: str, *sales: Transaction, hired: str | None = "2024-02-15", **status: Any
) -> list[tuple[Any, ...]]:
    owner = Holder("E1", "Ann", "Lee", None, day(hired) if hired else None, "active")
    if status:
        owner = Holder("E1", "Ann", "Lee", None, owner.hire_date, **status)
    account = Account("BA1", "E1", "meals", "Meals", Decimal(allowance))
    rows = spending.account_utilization([account], [owner], sales, day("2024-04-10"))
    return [
        (row["month"].month, row["spend"], row["utilization_pct"], row["over_allowance"])
        for row in rows
    ]


def test_utilization_fills_every_month() -> None:
    sales = (
        sale(1, "60.00", "2024-03-01T00:00:00+00:00"),
        sale(2, "40.00", "2024-03-31T23:59:59+00:00"),
        sale(3, "100.01", "2024-03-31T22:00:00-05:00"),  # April in UTC
    )
    assert utilization("100.00", *sales) == [
        (2, 0, 0, False),
        (3, 100, 100, False),  # exactly the allowance
        (4, Decimal("100.01"), Fraction(10001, 100), True),
    ]


def test_utilization_without_allowance() -> None:
    assert utilization("0.00", sale(1, "1.00", "2024-04-01T00:00:00+00:00")) == [
        (2, 0, None, False),
        (3, 0, None, False),
        (4, 1, None, True),
    ]


def test_utilization_begins_with_an_earlier_transaction() -> None:
    early = sale(1, "1.00", "2024-01-31T12:00:00+00:00")
    assert [row[0] for row in utilization("1.00", early)] == [1, 2, 3, 4]
    assert [row[0] for row in utilization("1.00", early, hired=None)] == [1, 2, 3, 4]
    assert utilization("1.00", hired=None) == []
    assert utilization("1.00", hired="2024-05-01") == []


@pytest.mark.parametrize(
    ("status", "ended", "last_month"),
    [("terminated", "2024-03-01", 3), ("terminated", "2024-09-01", 4), ("active", "2024-03-01", 4)],
)
def test_utilization_ends_with_termination(status: str, ended: str, last_month: int) -> None:
    rows = utilization("1.00", status=status, termination_date=day(ended))
    assert [row[0] for row in rows] == list(range(2, last_month + 1))


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
    assert spending.merchants(sales, day("2024-04-10")) == [
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
    assert decimal_scale("DECIMAL(38,6)") == 6
    with pytest.raises(AssertionError, match="DOUBLE"):
        decimal_scale("DOUBLE")


# generators


@pytest.fixture(scope="module")
def made() -> Generated:
    return generate(600, seed=7)


def test_generator_repeats_and_cases_stand_alone(made: Generated) -> None:
    again, fewer = generate(600, seed=7), generate(50, seed=7)
    assert again.data == made.data
    assert made.data.plans[: len(fewer.data.plans)] == fewer.data.plans
    assert generate(50, seed=8).data.plans != fewer.data.plans


def test_generated_keys_are_unique_and_histories_short(made: Generated) -> None:
    data = made.data
    for keys in (
        [(one.company_ein, one.plan_type, one.carrier_name, one.start_date) for one in data.plans],
        [one.claim_id for one in data.claims],
        [one.person_id for one in data.persons],
        [one.employee_id for one in data.holders],
        [one.benefit_account_id for one in data.accounts],
        [one.transaction_id for one in data.transactions],
        [one.company_ein for one in data.companies],
        [(one.email_domain, one.company_ein) for one in data.domain_links],
    ):
        assert len(keys) == len(set(keys))
    assert all(one.end_date is None or one.end_date >= one.start_date for one in data.plans)
    spans = claim_costs.claims_by_company(data.claims, DEFAULT_KNOBS.claims_as_of)
    oldest = min(one.service_date for claims in spans.values() for one in claims)
    assert (DEFAULT_KNOBS.claims_as_of - oldest).days < 500
    assert max(one.service_date for one in data.claims) == DEFAULT_KNOBS.claims_as_of
    assert max(one.utc_day for one in data.transactions) == DEFAULT_KNOBS.spend_as_of
    blocked = {one.employee_id: one for one in data.holders if one.is_terminated}
    for one in data.transactions:
        ended = blocked[one.employee_id].termination_date if one.employee_id in blocked else None
        assert ended is None or one.utc_day < ended


def test_generated_plans_reach_the_borders(made: Generated) -> None:
    data, as_of = made.data, DEFAULT_KNOBS.claims_as_of
    companies = {company.company_ein: company for company in data.companies}
    reported = plan_gaps.plan_gaps(data.plans, data.claims, companies, as_of)
    shorter = plan_gaps.plan_gaps(data.plans, data.claims, companies, as_of, min_days=88)
    lengths = Counter((row["gap_type"], row["gap_length_days"]) for row in shorter)
    for gap_type in ("internal", "trailing"):
        for length in (89, 90, 91, 92):
            assert lengths[gap_type, length] >= 10, (gap_type, length)
    assert sum("|" in (row["previous_carrier"] or "") for row in reported) >= 30
    assert sum("|" in (row["next_carrier"] or "") for row in reported) >= 30
    assert sum(row["claims_in_gap"] > 0 for row in reported) >= 100
    assert sum((row["gap_end"] or as_of) > as_of for row in reported) >= 20
    islands = plan_gaps.plan_coverage(data.plans)
    assert sum(row["coverage_end"] is None for row in islands) >= 100
    assert sum(row["plan_count"] >= 3 for row in islands) >= 100
    on_edge = Counter(
        step
        for row in reported
        for one in data.claims
        if (one.company_ein, one.claim_type) == (row["company_ein"], row["plan_type"])
        for step in (-1, 0)
        if one.service_date == row["gap_start"] + dt.timedelta(days=step)
    )
    assert min(on_edge[-1], on_edge[0]) >= 20


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
    rows = roster.roster_mismatch(data.companies, data.persons, data.domain_links)
    borders = Counter((row["pct_diff"], row["direction"]) for row in rows)
    for border in (20, 50, 100):
        for direction in ("over", "under"):
            assert borders[Fraction(border), direction] >= 3, (border, direction)
    severities = Counter(row["severity"] for row in rows)
    assert min(severities[name] for name in ("Low", "Medium", "High", "Critical", "Unknown")) >= 30
    assert sum(row["expected"] == 0 and row["observed"] == 0 for row in rows) >= 2
    assert sum(row["expected"] == 0 and row["observed"] > 0 for row in rows) >= 5
    found = roster.roster_differences(data.persons, data.holders, data.domain_links)
    kinds = Counter((row["side"], row["difference_type"]) for row in found)
    assert len(kinds) == 8
    assert min(kinds.values()) >= 20


def test_generated_spending_reaches_the_borders(made: Generated) -> None:
    data, as_of = made.data, DEFAULT_KNOBS.spend_as_of
    rows = spending.account_utilization(data.accounts, data.holders, data.transactions, as_of)
    assert sum(row["utilization_pct"] == 100 for row in rows) >= 50
    beyond = [row["spend"] - row["allowance"] for row in rows]
    assert beyond.count(Decimal("0.01")) >= 30
    assert sum(row["allowance"] == 0 and row["spend"] > 0 for row in rows) >= 20
    without = {one.benefit_account_id for one in data.accounts}
    assert without - {row["benefit_account_id"] for row in rows}, "an account without a month"
    votes: dict[str, Counter[str]] = {}
    for one in data.transactions:
        if one.category:
            votes.setdefault(one.merchant, Counter())[one.category] += 1
    tied = sum(list(vote.values()).count(max(vote.values())) > 1 for vote in votes.values())
    assert tied >= 50
    assert any(
        row["primary_category"] is None for row in spending.merchants(data.transactions, as_of)
    )


def test_landing_zone_layout(made: Generated, tmp_path: Any) -> None:
    write_landing_zone(made.data, tmp_path)
    headers = {
        str(path.relative_to(tmp_path)): path.read_text("utf-8").splitlines()[0]
        for path in sorted(tmp_path.rglob("*.csv"))
    }
    assert headers == {
        "benefits_admin/claims/001.csv": "claim_id,company_ein,service_date,amount,claim_type",
        "benefits_admin/employees/001.csv": (
            "person_id,full_name,title,email,company_ein,start_date,notes"
        ),
        "benefits_admin/plans/001.csv": "company_ein,plan_type,carrier_name,start_date,end_date",
        "spend_accounts/benefit_accounts/001.csv": (
            "benefit_account_id,employee_id,benefit_type,program_name,monthly_allowance,"
            "current_balance"
        ),
        "spend_accounts/employees/001.csv": (
            "employee_id,first_name,last_name,email,hire_date,status,termination_date"
        ),
        "spend_accounts/transactions/001.csv": (
            "transaction_id,employee_id,benefit_account_id,merchant,amount,timestamp,category"
        ),
    }
