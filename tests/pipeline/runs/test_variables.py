"""Vars that make no sense stop the run, with what would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Warehouse

from benefits_warehouse.variables import variable_problems

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"plan_gap_min_dayz": 3}, "there is no plan_gap_min_dayz; did you mean plan_gap_min_days?"),
    ({"zzz": 3}, "there is no zzz"),
    ({"plan_gap_min_days": -1}, "plan_gap_min_days must be a whole number from 0"),
    ({"spike_window_days": "90"}, "spike_window_days must be a whole number from 1"),
    ({"spike_window_days": 0}, "spike_window_days must be a whole number from 1"),
    ({"spike_window_days": True}, "spike_window_days must be a whole number from 1"),
    ({"spike_threshold_pct": float("inf")}, "spike_threshold_pct must be a number from 0"),
    ({"max_snapshot_shrink_pct": 101}, "max_snapshot_shrink_pct must be a number from 0 to 100"),
    ({"as_of_date": "2024-02-30"}, "as_of_date must be a day as YYYY-MM-DD, or empty"),
    ({"as_of_date": "20240203"}, "as_of_date must be a day as YYYY-MM-DD, or empty"),
    ({"roster_severity_bands": [50, 20, 100]}, "roster_severity_bands must be three ascending"),
    ({"roster_severity_bands": [20, 20, 100]}, "roster_severity_bands must be three ascending"),
    ({"roster_severity_bands": [20, 100]}, "roster_severity_bands must be three ascending"),
    ({"pii_masking_enabled": "false"}, "pii_masking_enabled must be true or false, without quotes"),
    ({"date_order": "ymd"}, "date_order must be mdy or dmy"),
    ({"feed_modes": {"benefits_admin.claim": "delta"}}, "did you mean benefits_admin.claims?"),
    ({"feed_modes": {"benefits_admin.claims": "full"}}, "feed_modes must be snapshot or delta"),
    ({"quality_gates": {"rows_mim": {"warn": 1}}}, "there is no quality_gates.rows_mim; did you"),
    ({"quality_gates": {"rows_min": {"warn": {"a.b": 1}}}}, "quality_gates.rows_min: there is no"),
    ({"usual_volume": {"of_recent": 1}}, "usual_volume must be of_recent, at_least and from_rows"),
    ({"enrichment_mode": "http"}, "enrichment_mode http needs enrichment_base_url"),
    ({"enrichment_attempts": 1.5}, "enrichment_attempts must be a whole number from 1"),
    ({"enrichment_run_seconds": 0}, "enrichment_run_seconds must be a number from 0.1"),
    ({"export_dir": " "}, "export_dir must be the path of a folder"),
]
RIGHT: list[dict[str, Any]] = [
    {},
    {"as_of_date": "2024-02-29", "spike_threshold_pct": 12.5, "plan_gap_min_days": 0},
    {"as_of_date": dt.date(2024, 2, 29), "roster_severity_bands": [10, 20.5, 30]},
    {"feed_modes": {"benefits_admin.claims": "snapshot"}, "max_snapshot_shrink_pct": 0},
    {"quality_gates": {"rows_min": {"warn": {"benefits_admin.claims": 5}, "error": None}}},
    {"quality_gates": {"rows_min": None, "overdue_days_max": {"warn": "rhythm_days"}}},
]


@pytest.mark.parametrize(("given", "told"), WRONG)
def test_wrong_vars_are_told(given: dict[str, Any], told: str) -> None:
    assert told in "; ".join(variable_problems(given))


@pytest.mark.parametrize("given", RIGHT)
def test_right_vars_are_taken(given: dict[str, Any]) -> None:
    assert variable_problems(given) == []


def test_a_wrong_var_stops_the_run(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse()
    for given in ({"plan_gap_min_dayz": 3}, {"spike_window_days": "90"}):
        assert not warehouse.dbt("build", variables=given).success
        assert "Nothing was changed. Fix the vars: " in warehouse.output
        assert next(iter(given)) in warehouse.output
        assert not (warehouse.database / "analytics.duckdb").exists()
