"""What quality remembers over runs: stays in quarantine, trends, rule versions, drift, gates."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from conftest import Warehouse, copy_project
from rows import PERSON, claims


@pytest.mark.extended
def test_logs_of_quality(make_warehouse: Callable[..., Warehouse], tmp_path: Any) -> None:
    project = copy_project(tmp_path / "project")
    warehouse = make_warehouse(project_dir=project)
    warehouse.deliver("benefits_admin.employees", "1.csv", [PERSON])
    warehouse.deliver(
        "benefits_admin.claims", "1.csv", claims(1, 9) + claims(10, 1, amount="1,2.345")
    )
    warehouse.build()
    assert "judged again" not in warehouse.output

    # Evidence: the value as delivered, personal data masked.
    previews = dict(
        warehouse.query("select error_reason, value_preview from quality.validation_errors")
    )
    assert previews["invalid_amount"] == "1,2.345"
    assert previews["invalid_email"] == "****"

    # Excel serials: most values of the newest load don't parse, though most of all rows do.
    warehouse.deliver("benefits_admin.claims", "2.csv", claims(20, 3, service_date="45413"))
    # A tier and a reference seed change: all rows are judged by them, and the summary says so.
    rules = project / "seeds/reference/dq_rules.csv"
    text = rules.read_text()
    amount_rule = "invalid_amount,benefits_admin,claims,2"
    assert amount_rule in text
    rules.write_text(text.replace(amount_rule, amount_rule[:-1] + "1"))
    (project / "seeds/reference/companies.csv").write_text(
        "company_ein,company_name,expected_employees\n11-1111111,Acme,7\n"
    )
    warehouse.build("--full-refresh")
    told = next(line for line in warehouse.output.splitlines() if "judged again" in line)
    assert told.endswith("benefits_admin.claims invalid_amount, companies")
    assert "1 released" in warehouse.output
    assert warehouse.query(
        "select drift, column_name from quality.schema_drift where feed = 'claims'"
    ) == [("retyped", "service_date")]

    # The log of stays outlives the full refresh, and knows both runs.
    stays = warehouse.query(
        """select record_key, rejection_reason, outcome, left_run_id is not null,
        left_run_id = entered_run_id
        from quality.quarantine_history order by record_key"""
    )
    assert stays == [
        ("C10", "invalid_amount", "released", True, False),
        *[(f"C{key}", "invalid_service_date", "withheld", False, None) for key in (20, 21, 22)],
    ]
    trend = warehouse.query(
        """select value from quality.quality_trends
        where feed = 'claims' and subject = 'service_date' and measure = 'newest_unparseable_rate'
        order by recorded_at"""
    )
    assert trend == [(0.0,), (1.0,)]

    # A gate of level error keeps the build from being published, and names what to look at.
    gates = {"rows_min": {"warn": 2}, "quarantined_pct_max": {"error": 20}}
    variables = {"quality_gates": gates}
    assert not warehouse.dbt("build", variables=variables, manifest=warehouse.manifest()).success
    assert re.search("not published +fix and run again: assert_gates_are_kept", warehouse.output)

    # A ledger of an older version gains its columns; what a killed run left is no hindrance.
    with duckdb.connect(str(warehouse.database / "restricted.duckdb")) as connection:
        connection.execute("alter table landing.landing_ledger drop column modified_ns")
        connection.execute("create table landing.landing_ledger__batch as select 1 as leftover")
    warehouse.deliver("benefits_admin.claims", "3.csv", claims(30, 1))
    gates["quarantined_pct_max"] = {"warn": 20}
    warehouse.build(vars=variables, manifest=warehouse.manifest())
    assert "WARN=1" in warehouse.output
    assert warehouse.query("select count(*) from marts.fct_claims where claim_id = 'C30'") == [(1,)]
