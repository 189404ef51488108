"""A feed that the project does not have is added by three edits and `make feed`, and is everywhere.

In a scratch copy: the registry, the rules with the model that judges by them, rows of dq_rules.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT, Warehouse, copy_project

from benefits_warehouse.dashboard.__main__ import main as dashboard
from benefits_warehouse.feeds import load_feeds
from benefits_warehouse.feeds_files import by_hand, differences, write_files

sys.path.insert(0, str(PROJECT / "tests/pipeline/docs"))
import test_project_shape as shape

pytestmark = pytest.mark.extended

FEED = "benefits_admin.invoices"
SOURCE, PART = FEED.split(".")
REGISTRY = """    benefits_admin.invoices:
      entity: invoices
      row: invoice of a carrier
      domain: coverage
      mode: delta
      growth: small
      rhythm_days: 35
      columns:
        invoice_id: {type: text, key: true, varied: true, about: Key of the invoice.}
        company_ein: {type: ein}
        carrier_name: {type: name, free_text: true}
        period_start: {type: date, about: First day that is invoiced.}
        period_end: {type: date, about: "Last day that is invoiced, included."}
        amount: {type: money, about: Invoiced amount in US dollars with cents.}

"""
RULES = """{% macro invoices_rules() %}
    {#- Conditions of the rules of benefits_admin.invoices. -#}
    {{ return({
        'missing_invoice_id': 'invoice_id is null',
        'invalid_amount': 'amount is null',
        'period_ends_before_start': 'period_end < period_start',
        'personal_data_in_carrier_name': is_personal_text('carrier_name'),
    }) }}
{% endmacro %}
"""
JUDGED = """{{ config(materialized='table') }}

with

{{ versions(
    'benefits_admin.invoices',
    rows=ref('stg_benefits_admin__invoices')
) }},

invoices as (
    select * from versioned
    where is_current
),

{{ judge('benefits_admin.invoices', 'invoices', invoices_rules()) }},

{{ masked_texts('benefits_admin.invoices', 'judged') }}

select * exclude (fired_bits)
from masked
"""
DQ_RULES = [
    ["missing_invoice_id", SOURCE, PART, "2", "10", "invoice_id", "No id.", "Ask the carrier."],
    ["invalid_amount", SOURCE, PART, "2", "20", "amount", "No amount.", "Ask the carrier."],
    ["period_ends_before_start", SOURCE, PART, "1", "30", "period_end", "Ends early.", "Ask."],
    ["personal_data_in_carrier_name", SOURCE, PART, "1", "40", "carrier_name", "Shows.", "Ask."],
]
DELIVERED = (
    "invoice_id,company_ein,carrier_name,period_start,period_end,amount\n"
    "I1,11-1111111,Aetna,2024-01-01,2024-01-31,100.00\n"
    "I2,11-1111111,Aetna 123-45-6789,2024-02-01,2024-02-29,many\n"
    "I3,111111111,Aetna,2024-03-31,2024-03-01,5.00\n"
)
HERE = f"where source = '{SOURCE}' and feed = '{PART}'"


def add_feed(project: Path) -> None:
    """The three edits, and what `make feed` makes of the first."""
    settings = project / "dbt_project.yml"
    settings.write_text(settings.read_text().replace("on-run-start:", f"{REGISTRY}on-run-start:"))
    (project / "macros/quality/rules/invoices_rules.sql").write_text(RULES)
    (project / "models/intermediate/coverage/int_invoices_judged.sql").write_text(JUDGED)
    with (project / "seeds/reference/dq_rules.csv").open("a", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(DQ_RULES)
    write_files(project)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A landing zone with a good, a withheld and a flagged invoice, built."""
    folder = tmp_path_factory.mktemp("new_feed")
    project = copy_project(folder / "project")
    assert differences(project) == []
    add_feed(project)
    built = Warehouse(folder, project)
    built.writes_json = True
    built.deliver(FEED, "1.csv", DELIVERED)
    built.build("--no-partial-parse")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)  # the views of landed rows name their files from there
        yield built


@pytest.fixture(scope="module")
def manifest(warehouse: Warehouse) -> dict[str, Any]:
    return json.loads((warehouse.folder / "target" / "manifest.json").read_text())


def test_nothing_is_left_to_do_by_hand(warehouse: Warehouse) -> None:
    feed = load_feeds(warehouse.project)[FEED]
    assert by_hand(warehouse.project, FEED, feed) == []
    assert differences(warehouse.project) == []
    seed = warehouse.project / "seeds/benefits_admin/invoices.csv"
    assert seed.read_text() == DELIVERED.splitlines(keepends=True)[0]


def test_rows_are_landed_and_staged(warehouse: Warehouse) -> None:
    landed = warehouse.query_restricted(
        "select invoice_id, amount, source_row from landing.land_benefits_admin__invoices "
        "order by 1"
    )
    assert landed == [("I1", "100.00", 1), ("I2", "many", 2), ("I3", "5.00", 3)]
    staged = warehouse.query_restricted(
        "select invoice_id, company_ein, amount::varchar, has_amount_text, entity_key "
        "from staging.stg_benefits_admin__invoices order by 1"
    )
    assert staged == [
        ("I1", "11-1111111", "100.00", True, "I1"),
        ("I2", "11-1111111", None, True, "I2"),
        ("I3", "11-1111111", "5.00", True, "I3"),
    ]


def test_the_bad_row_is_withheld_and_masked(warehouse: Warehouse) -> None:
    (row,) = warehouse.rows("quality.quarantine_invoices")
    assert (row["invoice_id"], row["amount"]) == ("I2", "aaaa")
    assert row["carrier_name"] == "Aetna ****"
    assert row["all_reasons"] == ["invalid_amount"]
    assert row["dq_flags"] == ["personal_data_in_carrier_name"]
    assert (row["source_file"], row["source_row"]) == ("1.csv", 2)


def test_quality_tells_of_it(warehouse: Warehouse) -> None:
    query = warehouse.query
    assert query(
        "select record_key, field, error_reason, tier, value_preview "
        f"from quality.validation_errors {HERE} order by 1, 3"
    ) == [
        ("I2", "amount", "invalid_amount", 2, "aaaa"),
        ("I2", "carrier_name", "personal_data_in_carrier_name", 1, "Aetna ****"),
        ("I3", "period_end", "period_ends_before_start", 1, "2024-03-01"),
    ]
    assert query(
        "select rows_landed, rows_valid, rows_quarantined, difference from quality.reconciliation "
        + HERE
    ) == [(3, 2, 1, 0)]
    profile = dict(
        query(f"select column_name, unparseable_rate from quality.column_profile {HERE}")
    )
    assert list(profile) == list(load_feeds(warehouse.project)[FEED].columns)
    assert profile["amount"] == pytest.approx(1 / 3)
    assert dict(query(f"select rule_id, rows_failed from quality.dq_scorecard {HERE}")) == {
        "missing_invoice_id": 0,
        "invalid_amount": 1,
        "period_ends_before_start": 1,
        "personal_data_in_carrier_name": 1,
    }
    assert query(f"select record_key, outcome from quality.quarantine_history {HERE}") == [
        ("I2", "withheld")
    ]


def test_ops_and_exports_tell_of_it(warehouse: Warehouse) -> None:
    query = warehouse.query
    assert query(f"select rows_total, last_load_id from ops.watermarks {HERE}") == [(3, 1)]
    assert query(f"select file, status, rows from ops.loaded_files {HERE}") == [
        ("1.csv", "loaded", 3)
    ]
    with (warehouse.exports / "validation_errors.csv").open(newline="") as file:
        exported = [row["error_reason"] for row in csv.DictReader(file) if row["feed"] == PART]
    assert sorted(exported) == [
        "invalid_amount",
        "period_ends_before_start",
        "personal_data_in_carrier_name",
    ]


def test_tests_of_keys_and_exclusivity_ask_it(
    warehouse: Warehouse, manifest: dict[str, Any]
) -> None:
    for name in (
        "assert_keys_are_unique",
        "assert_mart_or_quarantine_never_both",
        "assert_reconciliation_has_no_difference",
        "assert_registry_is_sane",
    ):
        (compiled,) = (warehouse.folder / "target/compiled").rglob(f"{name}.sql")
        assert f"PASS {name}" in warehouse.output
        if "registry" not in name:
            assert "invoices" in compiled.read_text(), name


def test_the_dashboard_shows_it(warehouse: Warehouse) -> None:
    page = warehouse.folder / "dashboard.html"
    database = warehouse.database / "analytics.duckdb"
    assert dashboard(["--database", str(database), "--output", str(page)]) == 0
    # As a finding, with the row that shows it, and in the scorecard.
    assert "error_reason = 'invalid_amount'" in page.read_text().replace("\\u0027", "'")
    assert f'<td class="text">{PART}</td>' in page.read_text()


def test_rules_of_the_house_hold_for_it(warehouse: Warehouse, manifest: dict[str, Any]) -> None:
    """Documented, labelled, contracted: what test_project_shape asks of all others."""
    models = [
        node
        for node in shape.own(manifest["nodes"])
        if node["resource_type"] == "model"
        and "invoices" in node["name"]
        and node["name"] != "int_invoices_judged"  # its YAML comes with the model
    ]
    assert len(models) == 2
    published = [model for model in models if shape.layer_of(model) in shape.PUBLISHED]
    shape.test_published_columns_are_described_typed_and_labelled(published)
    shape.test_published_personal_data_is_masked(published)
    shape.test_published_models_have_contract_group_owner_and_access(published, manifest)
    shape.test_models_say_what_a_row_is(models, [])
    shape.test_arrows_run_down_the_layers(models, manifest)
    shape.test_models_are_small_and_named_short(models)
    shape.test_all_columns_are_documented_as_built(models, [], manifest, warehouse)
    macros = [
        macro
        for macro in shape.own(manifest["macros"])
        if macro["original_file_path"].startswith("macros/") and not shape.is_form(macro)
    ]
    shape.test_macros_are_documented(macros)


def test_a_second_delivery_mends_it(
    warehouse: Warehouse,
) -> None:
    """Last, since it changes the warehouse: the row comes again, and is released."""
    warehouse.deliver(FEED, "2.csv", DELIVERED.replace("many", "7.00"))
    warehouse.build()
    assert warehouse.rows("quality.quarantine_invoices") == []
    assert warehouse.query(
        "select rows_valid, rows_superseded, difference from quality.reconciliation " + HERE
    ) == [(3, 3, 0)]
