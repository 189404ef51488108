"""Every row of the analyses against the slow references, on generated companies in one build.

REFERENCE_SEED and REFERENCE_CASES choose other data; both are printed with every failure.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from time import perf_counter
from typing import Any

import pytest
from reference import claim_costs, plan_gaps, roster, spending
from reference.compare import Mismatch, decimal_scale, mismatches
from reference.generate import (
    DEFAULT_KNOBS,
    DEFAULT_SEED,
    Generated,
    generate,
    write_landing_zone,
    write_reference_seeds,
)
from reference.generate_claims import Knobs
from reference.records import Company

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


@dataclass(slots=True)
class Built:
    """Generated data and the warehouse that was built from them."""

    made: Generated
    warehouse: Any

    @property
    def companies(self) -> dict[str, Company]:
        return {company.company_ein: company for company in self.made.data.companies}

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


@pytest.fixture(scope="module", params=["defaults", "other_knobs"])
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
        f"{len(made.data.claims)} claims, {seconds}"
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
    for kind in kinds:
        for record in getattr(built.made.data, kind):
            values = [getattr(record, field.name) for field in fields(record)]
            same_company = company_ein and getattr(record, "company_ein", None) == company_ein
            if same_company or str(values[0]).startswith(tags):
                yield f"{type(record).__name__}: {', '.join(map(str, values))}"


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


def test_generated_rows_are_all_valid(built: Built) -> None:
    """Only what is later than a given as_of_date is withheld: the comparisons compare all."""
    data, knobs = built.made.data, built.made.knobs
    late_claims = sum(claim.service_date > knobs.claims_as_of for claim in data.claims)
    late_sales = sum(sale.utc_day > knobs.spend_as_of for sale in data.transactions)
    expected = {
        "quarantine_employees": 0,
        "quarantine_plans": 0,
        "quarantine_claims": late_claims,
        "quarantine_account_holders": 0,
        "quarantine_benefit_accounts": 0,
        "quarantine_transactions": late_sales,
    }
    actual = {
        name: built.warehouse.query(f"select count(*) from quality.{name}")[0][0]
        for name in expected
    }
    assert actual == expected


def test_plan_gaps(built: Built) -> None:
    data, knobs = built.made.data, built.made.knobs
    expected = plan_gaps.plan_gaps(
        data.plans, data.claims, built.companies, knobs.claims_as_of, knobs.gap_days
    )
    key = ("company_ein", "plan_type", "gap_start")
    actual = built.warehouse.rows("marts.plan_gaps")
    assert_same(
        built, "plan_gaps", mismatches(expected, actual, key), "companies", "plans", "claims"
    )


def test_plan_coverage(built: Built) -> None:
    expected = plan_gaps.plan_coverage(built.made.data.plans)
    key = ("company_ein", "plan_type", "coverage_start")
    actual = built.warehouse.rows("marts.fct_plan_coverage")
    assert_same(built, "fct_plan_coverage", mismatches(expected, actual, key), "plans")


def test_claim_cost_windows(built: Built) -> None:
    data, knobs = built.made.data, built.made.knobs
    scales = built.scales("claims_cost_windows", "prev_90d_cost", "current_90d_cost", "pct_change")
    assert set(scales.values()) == {2}
    claims_of = claim_costs.claims_by_company(data.claims, knobs.claims_as_of)
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
    assert_same(built, "claims_cost_windows", found, "claims")
    total = built.warehouse.query("select count(*) from marts.claims_cost_windows")[0][0]
    assert total == counted, "companies without claims have windows"


def test_claim_cost_spikes(built: Built) -> None:
    data, knobs = built.made.data, built.made.knobs
    expected: list[dict[str, Any]] = []
    for claims in claim_costs.claims_by_company(data.claims, knobs.claims_as_of).values():
        windows = claim_costs.company_windows(
            claims, knobs.claims_as_of, knobs.window_days, knobs.threshold_pct
        )
        expected += claim_costs.company_spikes(claims, windows, built.companies, knobs.window_days)
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
    assert_same(built, "claims_cost_spikes", found, "companies", "claims")
    for row in actual:
        effects = row["frequency_effect"] + row["severity_effect"]
        assert effects == row["current_90d_cost"] - row["prev_90d_cost"], row


def test_roster_mismatch(built: Built) -> None:
    data, knobs = built.made.data, built.made.knobs
    expected = roster.roster_mismatch(data.companies, data.persons, data.domain_links, knobs.bands)
    actual = built.warehouse.rows("marts.roster_mismatch")
    scales = built.scales("roster_mismatch", "pct_diff")
    found = mismatches(expected, actual, ("company_ein",), scales)
    assert_same(built, "roster_mismatch", found, "companies", "domain_links", "persons")


def test_roster_differences(built: Built) -> None:
    data = built.made.data
    expected = roster.roster_differences(data.persons, data.holders, data.domain_links)
    actual = built.warehouse.rows("marts.roster_differences")
    key = ("person_id", "employee_id", "difference_type")
    found = mismatches(expected, actual, key)
    assert_same(built, "roster_differences", found, "domain_links", "persons", "holders")


def test_account_utilization(built: Built) -> None:
    data = built.made.data
    expected = spending.account_utilization(
        data.accounts, data.holders, data.transactions, built.made.knobs.spend_as_of
    )
    actual = built.warehouse.rows("marts.account_utilization")
    scales = built.scales("account_utilization", "utilization_pct")
    key = ("benefit_account_id", "month")
    found = mismatches(expected, actual, key, scales)
    assert_same(built, "account_utilization", found, "holders", "accounts", "transactions")


def test_merchants(built: Built) -> None:
    expected = spending.merchants(built.made.data.transactions, built.made.knobs.spend_as_of)
    actual = built.warehouse.rows("marts.dim_merchants")
    found = mismatches(expected, actual, ("merchant",))
    assert_same(built, "dim_merchants", found, "transactions")
