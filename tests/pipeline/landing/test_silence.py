"""Nothing is silent: what can't be meant stops the run, and refusals are told again."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Warehouse
from rows import claims

from benefits_warehouse.landing.zone import refuse_blank_places, zone_problem

CLAIMS = "benefits_admin.claims"
FEEDS = [CLAIMS, "spend_accounts.transactions"]


def test_zones(tmp_path: Path) -> None:
    """Missing, no folder, empty, none of the feeds' folders; and near misses that are fine."""
    zone = tmp_path / "zone"
    assert "does not exist: make it, or fix the var" in zone_problem(str(zone), FEEDS, False)
    zone.write_text("")
    assert "is no folder" in zone_problem(str(zone), FEEDS, True)
    zone.unlink()
    zone.mkdir()
    assert "is empty: put files into" in zone_problem(str(zone), FEEDS, False)
    assert not zone_problem(str(zone), FEEDS, True)
    (zone / "benefits/claims").mkdir(parents=True)
    for has_loaded in (False, True):
        told = zone_problem(str(zone), FEEDS, has_loaded)
        assert "has none of the folders of the feeds (benefits_admin/claims, spend" in told
        assert "but benefits: put each file" in told
    (zone / "of ann.lee@acme.com").mkdir()
    assert "but benefits, aa aaa.aaa@aaaa.aaa: put" in zone_problem(str(zone), FEEDS, False)
    (zone / "benefits_admin/claims/.hidden").mkdir(parents=True)
    (zone / "benefits_admin/claims/.hidden/1.csv").write_text("x")
    assert "is empty" in zone_problem(str(zone), FEEDS, False)
    (zone / "benefits_admin/claims/1.csv").write_text("x")
    assert not zone_problem(str(zone), FEEDS, False)


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_blank_places(blank: str) -> None:
    """Are told by name; a landing zone that the var names makes its variable of no matter."""
    for name in ("BENEFITS_DB_DIR", "BENEFITS_LANDING_ZONE", "BENEFITS_REFERENCE_DIR"):
        with pytest.raises(RuntimeError, match=f"{name} is set but blank"):
            refuse_blank_places({name: blank}, {})
        refuse_blank_places({name: "x"}, {})
    refuse_blank_places({"BENEFITS_LANDING_ZONE": blank}, {"landing_zone": "zone"})
    refuse_blank_places({}, {})


@pytest.mark.extended
def test_whole_runs(tmp_path: Path) -> None:
    """What stops changes nothing; a refused file is told until another one has loaded."""
    warehouse = Warehouse(tmp_path)
    warehouse.zone.mkdir()
    assert not warehouse.dbt("build").success
    assert "is empty: put files into the folders of their feeds" in warehouse.output
    assert not (warehouse.database / "analytics.duckdb").exists()
    result = warehouse.dbt("build", environment={"BENEFITS_DB_DIR": " "})
    assert not result.success and "BENEFITS_DB_DIR is set but blank" in str(result.exception)

    only = ("build", "--select", "+landing_ledger", "loaded_files", "--exclude", "test_type:unit")
    warehouse.deliver(CLAIMS, "1.csv", claims(1, 3))
    warehouse.deliver(CLAIMS, "2.csv", "claim_id,amount\n1,2\n")
    warehouse.deliver("benefits_admin.claim", "3.csv", "x\n1\n")
    assert warehouse.dbt(*only).success
    assert "  refused benefits_admin.claims 2.csv: line 1: required col" in warehouse.output
    assert warehouse.dbt(*only).success
    assert "  nothing loaded       no file is new" in warehouse.output
    assert "  still refused benefits_admin.claims 2.csv: line 1: required" in warehouse.output
    stray = "benefits_admin.claim 3.csv: the folder benefits_admin/claim is no feed; move the file"
    assert f"  still refused {stray} to benefits_admin/claims/" in warehouse.output
    warehouse.deliver(CLAIMS, "2.csv", claims(9, 1))
    (warehouse.zone / "benefits_admin/claim/3.csv").unlink()
    assert warehouse.dbt(*only).success and "refused" not in warehouse.output
    assert warehouse.dbt(*only).success and "refused" not in warehouse.output


@pytest.mark.extended
def test_exports_without_a_folder_of_their_own(tmp_path: Path) -> None:
    """They go to the warehouse's, where the files are the user's."""
    warehouse = Warehouse(tmp_path)
    warehouse.deliver(CLAIMS, "1.csv", claims(1, 3))
    exports = tmp_path / "exports"
    assert warehouse.dbt(
        "build", variables={"export_dir": ""}, manifest=warehouse.manifest()
    ).success
    assert not exports.exists() and (warehouse.database / "exports/clean_data.parquet").exists()
