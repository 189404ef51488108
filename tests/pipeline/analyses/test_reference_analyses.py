"""Every row of the analyses against the slow references, on generated companies in one build.

REFERENCE_SEED and REFERENCE_CASES choose other data; both are printed with every failure.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from time import perf_counter
from typing import Any

import pytest
from reference import claim_costs, plan_gaps, roster, spending
from reference.compare import Mismatch, count_mismatches, decimal_scale, mismatches
from reference.generate import (
    DEFAULT_KNOBS,
    DEFAULT_SEED,
    Generated,
    generate,
    write_landing_zone,
    write_reference_seeds,
)
from reference.generate_claims import Knobs
from reference.records import UNMAPPED, Claim, Company, Delivery, Person, Transaction

SEED = int(os.environ.get("REFERENCE_SEED", DEFAULT_SEED))
CASES = int(os.environ.get("REFERENCE_CASES", "2400"))
OTHER_KNOBS = Knobs(
    claims_as_of=dt.date(2024, 9, 15),
    spend_as_of=dt.date(2024, 9, 15),
    as_of_is_set=True,
    gap_days=30,
    window_days=30,
    threshold_pct=50,
    bands=(10, 25, 60),
)
SHOWN_CASES = 3
SHOWN_INPUTS = 60


@dataclass
class Built:
    """Generated data and the warehouse that was built from them."""

    made: Generated
    warehouse: Any

    @property
    def companies(self) -> dict[str, Company]:
        return {company.company_ein: company for company in self.made.data.companies}

    @cached_property
    def plans(self) -> plan_gaps.PlanState:
        return plan_gaps.plan_state(self.made.data.plan_files)

    @cached_property
    def claims(self) -> list[Claim]:
        """All that are paid: those of the sender without a folder, and the bookings that count."""
        booked = claim_costs.booked(self.made.data.booking_files)
        paid = [claim_costs.as_claim(booking) for booking in booked if claim_costs.is_paid(booking)]
        return [*self.made.data.claims, *paid]

    @cached_property
    def persons_of(self) -> dict[str, list[Person]]:
        """Company to its persons, by their own EIN or by their domain."""
        directory = roster.Directory(self.made.data.domain_links)
        found: dict[str, list[Person]] = defaultdict(list)
        for person in self.made.data.persons:
            found[directory.of_person(person) or UNMAPPED].append(person)
        return found

    @cached_property
    def spend(self) -> list[Transaction]:
        data = self.made.data
        return spending.counted(
            data.transactions, data.holders, data.account_files, self.made.knobs.spend_as_of
        )

    def types(self, mart: str) -> dict[str, str]:
        return dict(
            self.warehouse.query(
                "select column_name, data_type from information_schema.columns "
                "where table_schema = 'marts' and table_name = ?",
                [mart],
            )
        )

    def scales(self, mart: str, *columns: str) -> dict[str, int]:
        types = self.types(mart)
        return {column: decimal_scale(types[column]) for column in columns}


@pytest.fixture(
    scope="module", params=["defaults", pytest.param("other_knobs", marks=pytest.mark.extended)]
)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """One build of a copied project; 'defaults' finds as_of by itself, 'other_knobs' is told."""
    from conftest import Warehouse, copy_project

    defaults = request.param == "defaults"
    knobs = DEFAULT_KNOBS if defaults else OTHER_KNOBS
    folder = tmp_path_factory.mktemp(f"reference_{request.param}")
    started = perf_counter()
    made = generate(CASES if defaults else CASES // 6, SEED, knobs, crowds=defaults)
    project = copy_project(folder / "project")
    write_reference_seeds(made.data, project / "seeds" / "reference")
    warehouse = Warehouse(folder, project)
    write_landing_zone(made.data, warehouse.zone)
    prepared = perf_counter()
    if defaults:
        warehouse.build()
    else:
        warehouse.build(vars=knob_vars(knobs), manifest=warehouse.manifest())
    seconds = f"{prepared - started:.1f} s to generate, {perf_counter() - prepared:.1f} s to build"
    print(
        f"\n{request.param}: seed {SEED}, {len(made.case_of)} cases, "
        f"{len(made.data.claims)} claims, {sum(map(len, made.data.booking_files))} bookings, "
        f"{seconds}"
    )
    return Built(made, warehouse)


def knob_vars(knobs: Knobs) -> dict[str, Any]:
    return {
        "as_of_date": knobs.claims_as_of.isoformat(),
        "plan_gap_min_days": knobs.gap_days,
        "spike_window_days": knobs.window_days,
        "spike_threshold_pct": knobs.threshold_pct,
        "roster_severity_bands": list(knobs.bands),
    }


def inputs_of(built: Built, row: dict[str, Any], kinds: tuple[str, ...]) -> Iterator[str]:
    """The generated records of a case, by company or by the case number in the row's ids."""
    company_ein = row.get("company_ein")
    case = built.made.case_of.get(company_ein or "")
    for column in ("person_id", "employee_id", "benefit_account_id", "merchant"):
        if case is None and row.get(column):
            digits = "".join(letter for letter in row[column].split(".")[0] if letter.isdigit())
            case = int(digits) if digits else None
    tags = tuple(f"{prefix}{case}." for prefix in ("P", "E", "T", "BA"))
    for title, record in records_of(built, kinds):
        values = [getattr(record, field.name) for field in fields(record)]
        same_company = company_ein and getattr(record, "company_ein", None) == company_ein
        if same_company or str(values[0]).startswith(tags):
            yield f"{title}: {', '.join(map(str, values))}"


def records_of(built: Built, kinds: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """The generated records of some kinds, each with what it is and which file holds it."""
    for kind in kinds:
        for number, one in enumerate(getattr(built.made.data, kind)):
            rows = one.rows if isinstance(one, Delivery) else one
            if isinstance(rows, list):
                yield from ((f"{type(row).__name__} in file {number}", row) for row in rows)
            else:
                yield type(one).__name__, one


def assert_same(built: Built, subject: str, found: list[Mismatch], *kinds: str) -> None:
    """Fail with the first differing cases and the records of `kinds` that they were made from."""
    if not found:
        return
    lines = [f"{subject}: {len(found)} keys differ (seed {SEED}, {CASES} cases)"]
    for mismatch in found[:SHOWN_CASES]:
        names = list((mismatch.expected or mismatch.actual)[0])
        lines.append(f"\n{subject} {', '.join(map(str, mismatch.key))}")
        for column in mismatch.columns:
            (expected,), (actual,) = mismatch.expected, mismatch.actual
            lines.append(f"  {column}: expected {expected[column]}, actual {actual[column]}")
        for title, rows in (("expected", mismatch.expected), ("actual", mismatch.actual)):
            for row in rows or [None]:
                shown = row and ", ".join(f"{name} {row.get(name)}" for name in names)
                lines.append(f"  {title}: {shown or 'no row'}")
        inputs = list(inputs_of(built, (*mismatch.expected, *mismatch.actual)[0], kinds))
        lines += [f"    {one}" for one in inputs[:SHOWN_INPUTS]]
        if len(inputs) > SHOWN_INPUTS:
            lines.append(f"    … and {len(inputs) - SHOWN_INPUTS} more")
    pytest.fail("\n".join(lines), pytrace=False)


def test_generated_rows_are_judged_as_they_were_meant(built: Built) -> None:
    """Nothing else is withheld: the comparisons compare all."""
    data, knobs = built.made.data, built.made.knobs
    booked = claim_costs.booked(data.booking_files)
    late_claims = sum(claim.service_date > knobs.claims_as_of for claim in built.claims)
    unpaid = sum(not claim_costs.is_paid(booking) for booking in booked)
    held_accounts = len(data.account_files[-1].rows)
    expected = {
        "quarantine_employees": 0,
        "quarantine_plans": len(built.plans.withheld),
        "quarantine_claims": late_claims + unpaid,
        "quarantine_account_holders": 0,
        "quarantine_benefit_accounts": held_accounts
        - len(spending.current_accounts(data.account_files)),
        "quarantine_transactions": len(data.transactions) - len(built.spend),
    }
    actual = {
        name: built.warehouse.query(f"select count(*) from quality.{name}")[0][0]
        for name in expected
    }
    assert actual == expected


def test_claims(built: Built) -> None:
    """Each booking as often as in the one file in which it occurs most often."""
    columns = ("claim_id", "line_number", "company_ein", "service_date", "amount")
    expected = [
        {column: getattr(claim, column) for column in columns}
        for claim in built.claims
        if claim.service_date <= built.made.knobs.claims_as_of
    ]
    actual = built.warehouse.rows(f"(select {', '.join(columns)} from marts.fct_claims)")
    found = count_mismatches(expected, actual, columns)
    assert_same(built, "fct_claims", found, "claims", "booking_files")


def test_plan_gaps(built: Built) -> None:
    knobs = built.made.knobs
    expected = plan_gaps.plan_gaps(
        built.plans, built.claims, built.companies, knobs.claims_as_of, knobs.gap_days
    )
    key = ("company_ein", "plan_type", "gap_start")
    actual = built.warehouse.rows("marts.plan_gaps")
    found = mismatches(expected, actual, key)
    assert_same(built, "plan_gaps", found, "companies", "plan_files", "claims", "booking_files")


def test_plan_coverage(built: Built) -> None:
    expected = plan_gaps.plan_coverage(built.plans.valid)
    key = ("company_ein", "plan_type", "coverage_start")
    actual = built.warehouse.rows("marts.fct_plan_coverage")
    assert_same(built, "fct_plan_coverage", mismatches(expected, actual, key), "plan_files")


def test_claim_cost_windows(built: Built) -> None:
    knobs = built.made.knobs
    scales = built.scales("claims_cost_windows", "prev_90d_cost", "current_90d_cost", "pct_change")
    assert set(scales.values()) == {2}
    claims_of = claim_costs.claims_by_company(built.claims, knobs.claims_as_of)
    columns = ", ".join(claim_costs.Window._fields)
    found: list[Mismatch] = []
    companies = sorted(claims_of)
    counted = 0
    for start in range(0, len(companies), 200):
        chunk = companies[start : start + 200]
        published: dict[str, list[tuple[Any, ...]]] = {company: [] for company in chunk}
        for row in built.warehouse.query(
            f"select {columns} from marts.claims_cost_windows where company_ein between ? and ? "
            "order by company_ein, window_end",
            [chunk[0], chunk[-1]],
        ):
            published.setdefault(row[0], []).append(row)
        for company_ein, actual in published.items():
            expected = claim_costs.company_windows(
                claims_of.get(company_ein, []),
                knobs.claims_as_of,
                knobs.window_days,
                knobs.threshold_pct,
            )
            counted += len(actual)
            if actual != [tuple(window) for window in expected]:
                found += mismatches(
                    [window._asdict() for window in expected],
                    [dict(zip(claim_costs.Window._fields, row, strict=True)) for row in actual],
                    ("company_ein", "window_end"),
                )
    assert_same(built, "claims_cost_windows", found, "claims", "booking_files")
    total = built.warehouse.query("select count(*) from marts.claims_cost_windows")[0][0]
    assert total == counted, "companies without claims have windows"


def test_claim_cost_spikes(built: Built) -> None:
    knobs = built.made.knobs
    expected: list[dict[str, Any]] = []
    for claims in claim_costs.claims_by_company(built.claims, knobs.claims_as_of).values():
        windows = claim_costs.company_windows(
            claims, knobs.claims_as_of, knobs.window_days, knobs.threshold_pct
        )
        events = claim_costs.company_spikes(claims, windows, built.companies, knobs.window_days)
        persons = built.persons_of.get(claims[0].company_ein, [])
        as_of, length = knobs.claims_as_of, knobs.window_days
        expected += [
            event | claim_costs.spike_context(event, claims, persons, as_of, length)
            for event in events
        ]
    actual = built.warehouse.rows("marts.claims_cost_spikes")
    found = mismatches(
        expected,
        actual,
        ("company_ein", "first_flagged_on"),
        built.scales(
            "claims_cost_spikes", "frequency_effect", "severity_effect", "top_claim_share"
        ),
        tolerant=True,
    )
    assert_same(built, "claims_cost_spikes", found, "companies", "claims", "booking_files")
    for row in actual:
        effects = row["frequency_effect"] + row["severity_effect"]
        assert effects == row["current_90d_cost"] - row["prev_90d_cost"], row


def test_roster_mismatch(built: Built) -> None:
    data, knobs = built.made.data, built.made.knobs
    expected = roster.roster_mismatch(
        data.companies, data.persons, data.domain_links, knobs.claims_as_of, knobs.bands
    )
    actual = built.warehouse.rows("marts.roster_mismatch")
    scales = built.scales("roster_mismatch", "pct_diff")
    found = mismatches(expected, actual, ("company_ein",), scales)
    assert_same(built, "roster_mismatch", found, "companies", "domain_links", "persons")


def test_roster_differences(built: Built) -> None:
    data = built.made.data
    expected = roster.roster_differences(
        data.persons,
        data.holders,
        data.domain_links,
        built.made.knobs.claims_as_of,
        built.made.today,
    )
    actual = built.warehouse.rows("marts.roster_differences")
    key = ("person_id", "employee_id", "difference_type")
    found = mismatches(expected, actual, key)
    assert_same(built, "roster_differences", found, "domain_links", "persons", "holders")


def test_account_utilization(built: Built) -> None:
    data = built.made.data
    expected = spending.account_utilization(
        data.account_files, data.holders, data.transactions, built.made.knobs.spend_as_of
    )
    actual = built.warehouse.rows("marts.account_utilization")
    scales = built.scales("account_utilization", "utilization_pct")
    key = ("benefit_account_id", "month")
    found = mismatches(expected, actual, key, scales)
    assert_same(built, "account_utilization", found, "holders", "account_files", "transactions")


def test_benefit_programs(built: Built) -> None:
    expected = spending.benefit_programs(built.made.data.account_files)
    actual = built.warehouse.rows("marts.dim_benefit_programs")
    key = ("benefit_type", "program_name", "monthly_allowance", "allowance_period")
    assert_same(built, "dim_benefit_programs", mismatches(expected, actual, key))


def test_merchants(built: Built) -> None:
    expected = spending.merchants(built.spend)
    actual = built.warehouse.rows("marts.dim_merchants")
    found = mismatches(expected, actual, ("merchant",))
    assert_same(built, "dim_merchants", found, "transactions")
