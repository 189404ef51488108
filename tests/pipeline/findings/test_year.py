"""A simulated year: after each delivery the findings and events are those of a diary.

Deliveries of companies with planted events are built one by one. What is so on a day is said by the
slow references, and what a person should have been told by the diary (reference/diary.py). Some
findings are accepted and snoozed on the way; one build is a full refresh, one repeats. `make
extended` has seven deliveries of sixteen companies, `make soak` 52 weeks of 200.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import accumulate
from math import sqrt
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from conftest import PROJECT, Warehouse
from reference import claim_costs, plan_gaps, roster
from reference.diary import Diary, Finding, Seen
from reference.generate_year import Year
from reference.lag import Dated, completion, triangle
from reference.records import Claim, Delivery, Holder, Person, Plan
from webhook_server import Channel

from benefits_warehouse.alerts.webhook import WEBHOOK
from benefits_warehouse.runtime.reference import VARIABLE, make_reference

DEFAULT_SEED = 20250105
SEED = int(os.environ.get("YEAR_SEED", DEFAULT_SEED))
CLAIMS, PEOPLE = "benefits_admin.claims", "benefits_admin.employees"
PLANS, HOLDERS = "benefits_admin.plans", "spend_accounts.employees"
LEVELS = {"Unknown": 1, "Low": 1, "Medium": 2, "High": 3, "Critical": 4}
NOTICE = 90
ALERT = re.compile(r"^(\w+): ([\w ]+) \((\d+)\)", re.MULTILINE)


@pytest.fixture
def stack() -> Iterator[contextlib.ExitStack]:
    """What is closed after the test."""
    with contextlib.ExitStack() as opened:
        yield opened


def thresholds() -> dict[str, Any]:
    """From which number on a finding is Medium, High and Critical, by kind."""
    with (PROJECT / "seeds/reference/finding_kinds.csv").open(newline="") as file:
        return {
            row["kind"]: tuple(
                Decimal(row[f"{name}_from"]) if row[f"{name}_from"] else None
                for name in ("medium", "high", "critical")
            )
            for row in csv.DictReader(file)
        }


# What is so after a delivery


def spikes(claims: list[Claim], as_of: dt.date) -> Iterator[Seen]:
    """The spike events of one company, by running sums of its days."""
    first = min(claim.service_date for claim in claims).toordinal()
    length = as_of.toordinal() - first + 1
    cents, counts = [0] * length, [0] * length
    for claim in claims:
        day = claim.service_date.toordinal() - first
        cents[day] += int(claim.amount * 100)
        counts[day] += 1
    sums, numbers = [0, *accumulate(cents)], [0, *accumulate(counts)]

    def over(running: list[int], last: int) -> int:
        return running[last + 1] - running[max(last - 89, 0)]

    windows = [
        claim_costs.Window(
            claims[0].company_ein,
            dt.date.fromordinal(first + day - 89),
            dt.date.fromordinal(first + day),
            Decimal(over(sums, day - 90)) / 100,
            Decimal(over(sums, day)) / 100,
            *claim_costs.verdict(
                Decimal(over(sums, day - 90)) / 100, Decimal(over(sums, day)) / 100, 200
            ),
        )
        for day in range(179, length)
    ]
    for run in claim_costs.spike_runs(windows):
        peak = max(run, key=lambda one: (claim_costs.exact_ratio(one), -one.window_end.toordinal()))
        day = peak.window_end.toordinal() - first
        claims_in_both = over(numbers, day) + over(numbers, day - 90)
        growth = peak.current_90d_cost - peak.prev_90d_cost
        believed = Decimal(str(round(min(1, sqrt(claims_in_both / 1082)), 4)))
        yield Seen(
            "cost_spike",
            f"{peak.company_ein} Claim cost",
            growth * believed,
            growth,
            run[0].window_end,
            run[-1].window_end,
            is_event=True,
            is_open=run[-1].window_end >= as_of,
        )


def coverage(year: Year, place: int, claims: list[Claim], as_of: dt.date) -> Iterator[Seen]:
    """Gaps, coverage that ends soon, and claims on the other uncovered days."""
    files = [
        Delivery(day, [plan for plan in year.said(year.plans, day) if isinstance(plan, Plan)])
        for day in year.days[: place + 1]
    ]
    state = plan_gaps.plan_state(files)
    listed = {company.company_ein: company for company in year.companies}
    gaps = plan_gaps.plan_gaps(state, claims, listed, as_of)
    covered = plan_gaps.plan_coverage(state.valid)
    for gap in gaps:
        yield Seen(
            "coverage_gap",
            f"{gap['company_ein']} {gap['plan_type']}",
            gap["days_to_date"],
            gap["claim_cost_in_gap"],
            gap["gap_start"],
            gap["gap_end"],
            is_event=True,
            is_open=gap["gap_end"] is None or gap["gap_end"] >= as_of,
        )
    last = {(one["company_ein"], one["plan_type"]): one for one in covered}
    for (ein, kind), island in last.items():
        end = island["coverage_end"]
        if end and as_of <= end <= as_of + dt.timedelta(NOTICE):
            used = 100 - Decimal((end - as_of).days * 100) / NOTICE
            start = end - dt.timedelta(NOTICE)
            yield Seen("coverage_ending", f"{ein} {kind}", used, None, start, end, is_event=True)
    lost: dict[str, Decimal] = defaultdict(Decimal)
    for claim in claims:
        group = (claim.company_ein, claim.claim_type)
        inside = [
            one["coverage_start"] <= claim.service_date <= (one["coverage_end"] or dt.date.max)
            for one in covered
            if (one["company_ein"], one["plan_type"]) == group
        ] + [
            one["gap_start"] <= claim.service_date <= (one["gap_end"] or dt.date.max)
            for one in gaps
            if (one["company_ein"], one["plan_type"]) == group
        ]
        if not any(inside):
            lost[" ".join(group)] += claim.amount
    for about, cost in lost.items():
        yield Seen("uncovered_claims", about, cost, cost)


def people(year: Year, day: dt.date, as_of: dt.date) -> Iterator[Seen]:
    """Head counts, and persons on one side only."""
    persons = [one for one in year.said(year.persons, day) if isinstance(one, Person)]
    holders = [one for one in year.said(year.holders, day) if isinstance(one, Holder)]
    for row in roster.roster_mismatch(year.companies, persons, year.links, as_of):
        if row["difference"] != 0:
            about = f"{row['company_ein']} Head count"
            yield Seen("roster_mismatch", about, Decimal(LEVELS[row["severity"]]))
    for row in roster.roster_differences(persons, holders, year.links, as_of, as_of):
        sides = (("person", row["person_id"]), ("account holder", row["employee_id"]))
        named = " and ".join(f"{side} {number}" for side, number in sides if number)
        about = f"{row['company_ein']} {named} {row['difference_type']}"
        yield Seen("person_difference", about, Decimal(1))


def deliveries(year: Year, place: int) -> Iterator[Seen]:
    """Files that are refused, rows that are withheld, sizes that are not usual."""
    bad = year.bad(place)
    if bad:
        money = sum((one.amount for one in bad), Decimal(0))
        yield Seen("withheld_rows", f" {CLAIMS} invalid_service_date", Decimal(len(bad)), money)
    if place in year.refused:
        yield Seen("file_refused", f" {CLAIMS} {year.file(place)}", Decimal(1))
    if any(number <= place for number in year.refused):
        yield Seen(
            "schema_drift", f" {CLAIMS} service_date", Decimal(3), is_open=place in year.refused
        )
    loaded = {CLAIMS: [n for n in range(place + 1) if n not in year.refused or n < place]}
    sizes = {CLAIMS: [(n, year.claim_file(n).count("\n") - 1) for n in loaded[CLAIMS]]}
    for feed, rows in ((PEOPLE, year.persons), (PLANS, year.plans), (HOLDERS, year.holders)):
        states = [year.said(rows, day) for day in year.days[: place + 1]]
        sizes[feed] = [
            (n, len(state)) for n, state in enumerate(states) if not n or state != states[n - 1]
        ]
    for feed, found in sizes.items():
        (number, newest), before = found[-1], [size for _, size in found[:-1]][-10:]
        if len(before) < 3 or max(newest, median(before)) < 20:
            continue
        if not 0.5 <= newest / max(median(before), 1) <= 2:
            yield Seen("unusual_delivery", f" {feed} {year.file(number)}", Decimal(1))


def seen(year: Year, place: int) -> tuple[list[Seen], dt.date]:
    """All that is so after a delivery, and the day of the data."""
    claims = year.arrived(place)
    as_of = max(claim.service_date for claim in claims)
    of_company: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        of_company[claim.company_ein].append(claim)
    return [
        *coverage(year, place, claims, as_of),
        *(one for group in of_company.values() for one in spikes(group, as_of)),
        *people(year, year.days[place], as_of),
        *deliveries(year, place),
    ], as_of


# What the warehouse says


def about(row: dict[str, Any]) -> str:
    """What a finding is about, as the diary writes it."""
    kind = re.search(r"difference_type = '(\w+)'", row["evidence_filter"])
    return f"{row['company_ein'] or ''} {row['subject']}" + (f" {kind[1]}" if kind else "")


def identity(kind: str, text: str, start: dt.date | None) -> tuple[str, str, dt.date | None]:
    """One of findings, at one time; what is no event has one period or none."""
    is_event = kind in ("coverage_gap", "coverage_ending", "cost_spike")
    return kind, text, start if is_event else None


def compared(found: Finding) -> tuple[Any, ...]:
    return (found.severity, found.money, found.end, found.status, found.decision)


def write_lines(rows: list[object], columns: dict[str, str]) -> str:
    """A CSV: header to attribute."""
    lines = [",".join(columns)]
    lines += [
        ",".join(str(value) if (value := getattr(row, name)) is not None else "" for name in values)
        for row in rows
        for values in [list(columns.values())]
    ]
    return "\n".join(lines) + "\n"


def bring(year: Year, warehouse: Warehouse, place: int) -> None:
    """Write the files of a delivery into the landing zone."""
    day, name = year.days[place], year.file(place)
    for file, text in year.claim_files(place):
        warehouse.deliver(CLAIMS, file, text)
    start = {"start_date": "2024-01-01"}
    persons = {"person_id": "person_id", "full_name": "full_name", "email": "email"}
    text = write_lines(year.said(year.persons, day), persons | {"company_ein": "company_ein"})
    warehouse.deliver(PEOPLE, name, with_column(text, **start))
    columns = ("company_ein", "plan_type", "carrier_name", "start_date", "end_date")
    plans = write_lines(year.said(year.plans, day), dict(zip(columns, columns, strict=True)))
    warehouse.deliver(PLANS, name, plans)
    columns = ("employee_id", "first_name", "last_name", "email", "hire_date", "status")
    holders = write_lines(year.said(year.holders, day), dict(zip(columns, columns, strict=True)))
    warehouse.deliver(HOLDERS, name, holders)


def with_column(text: str, **column: str) -> str:
    (name, value), *_ = column.items()
    header, *lines = text.splitlines()
    return "\n".join([f"{header},{name}", *(f"{line},{value}" for line in lines)]) + "\n"


def decide(diary: Diary, ids: dict[int, str], folder: Path) -> dict[int, str]:
    """Accept the oldest open gap and snooze the oldest head count; told in the seed."""
    chosen = {}
    for kind, decision in (("coverage_gap", "accept"), ("roster_mismatch", "snooze")):
        for found in diary.findings:
            if found.kind == kind and found.status != "resolved":
                chosen[found.number] = decision
                break
    lines = [f"{ids[number]},{decision},,desk,seen" for number, decision in chosen.items()]
    text = "\n".join(["finding_id,decision,until,who,note", *lines]) + "\n"
    (folder / "finding_decisions.csv").write_text(text)
    return chosen


def posted(channel: Channel) -> Counter[tuple[str, str]]:
    """What was posted since it was asked last, by severity and kind: one message a run."""
    found: Counter[tuple[str, str]] = Counter()
    for message in channel.posts:
        for severity, kind, number in ALERT.findall(message["text"]):
            found[severity, kind.replace(" ", "_")] += int(number)
    assert len(channel.posts) <= 1
    channel.posts.clear()
    return found


def assert_lags(year: Year, warehouse: Warehouse) -> None:
    """The lag triangle, and what it says of the newest months, are those of the reference."""
    first = year.days[0].replace(day=1)
    dated = [
        Dated(claim.service_date, year.days[year.told(row.since)], claim.amount)
        for row in year.claims
        if isinstance(claim := row.what, Claim)
        and claim.service_date >= first
        and year.told(row.since) < year.deliveries
    ]
    cells = triangle(dated)
    rows = warehouse.rows("marts.claims_lag_triangle")
    assert {
        (row["service_month"], row["lag_months"]): (
            row["claim_count"],
            row["cost"],
            row["cost_to_date"],
            row["is_complete"],
        )
        for row in rows
    } == cells
    wanted = completion(cells)
    found = {row["service_month"]: row for row in warehouse.rows("marts.claims_completion")}
    assert found.keys() == wanted.keys()
    for month, (lag, cost, share) in wanted.items():
        row = found[month]
        assert (row["lag_months"], row["cost_to_date"]) == (lag, cost), month
        assert (row["completion"] is None) == (share is None), month
        assert share is None or abs(row["completion"] - float(share)) < 0.0001, month
    assert any(share not in (None, 1) for _, _, share in wanted.values())


@pytest.mark.parametrize(
    ("companies", "deliveries", "step"),
    [
        pytest.param(16, 7, 52, marks=pytest.mark.extended),
        pytest.param(200, 52, 7, marks=pytest.mark.soak),
    ],
)
def test_findings_of_a_year_are_those_of_the_diary(
    make_warehouse: Callable[..., Warehouse],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stack: contextlib.ExitStack,
    companies: int,
    deliveries: int,
    step: int,
) -> None:
    year, diary = Year(companies, deliveries, step, SEED), Diary(thresholds())
    warehouse, folder = make_warehouse(), tmp_path / "reference"
    make_reference(folder)
    monkeypatch.setenv(VARIABLE, str(folder))
    listed = [
        f"{one.company_ein},{one.company_name},{one.expected_employees}" for one in year.companies
    ]
    (folder / "companies.csv").write_text(
        "\n".join(["company_ein,company_name,expected_employees", *listed]) + "\n"
    )
    links = [f"{link.email_domain},{link.company_ein}" for link in year.links]
    (folder / "company_lookup.csv").write_text(
        "\n".join(["email_domain,company_ein", *links]) + "\n"
    )
    ids: dict[int, str] = {}
    decisions: dict[int, str] = {}
    told: Counter[tuple[str, str]] = Counter()
    channel = stack.enter_context(Channel())
    monkeypatch.setenv(WEBHOOK, channel.url)
    for place in range(deliveries):
        bring(year, warehouse, place)
        if place == deliveries // 2:
            decisions = decide(diary, ids, folder)
        today, as_of = seen(year, place)
        events = diary.run(today, as_of, decisions)
        warehouse.build(*(["--full-refresh"] if place == deliveries - 2 else []))
        rows = warehouse.rows("marts.findings")
        actual = {identity(row["kind"], about(row), row["period_start"]): row for row in rows}
        wanted = {identity(one.kind, one.about, one.start): one for one in diary.findings}
        assert actual.keys() == wanted.keys(), place
        assert len(rows) == len(diary.findings)
        for key, one in wanted.items():
            row = actual[key]
            money = row["money_at_stake"]
            end = row["period_end"] if one.start else one.end
            shown = (row["severity"], money, end, row["status"], row["decision"])
            assert shown == compared(one), (place, key)
            assert ids.setdefault(one.number, row["finding_id"]) == row["finding_id"], (place, key)
        newest = max(row["happened_at"] for row in warehouse.rows("marts.finding_events"))
        happened = Counter(
            (row["event"], row["finding_id"], row["severity"])
            for row in warehouse.rows("marts.finding_events")
            if row["happened_at"] == newest
        )
        assert happened == Counter((e.what, ids[e.number], e.severity) for e in events), place
        alerts = diary.alerts()
        assert posted(channel) == alerts, place
        told.update((event.what, diary.findings[event.number].kind) for event in events)
    assert_lags(year, warehouse)
    count = len(warehouse.rows("marts.finding_events"))
    warehouse.build()
    assert not channel.posts
    assert len(warehouse.rows("marts.finding_events")) == count
    print(
        f"\nseed {SEED}: {len(diary.findings)} findings, {sum(told.values())} events {dict(told)}"
    )
    if SEED == DEFAULT_SEED:
        whats, kinds = ({event[part] for event in told} for part in (0, 1))
        assert whats == {"found", "resolved", "reopened", "severity_changed", "decided"}
        assert len(kinds) >= 9, kinds
