"""What Dagster makes of the warehouse, as JSON: run by the Python of .venv-dagster, not by pytest.

dagster_probe.py definitions     assets, checks, job, sensor and schedule
dagster_probe.py build           the job in this process: events, by asset
dagster_probe.py ticks STEPS     the sensor, between changes of the landing zone
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from dagster import DagsterInstance, RunRequest, build_sensor_context

from benefits_dagster.definitions import defs

COLUMNS = "dagster/column_schema"


def definitions() -> dict[str, Any]:
    assets = {}
    for spec in defs.resolve_all_asset_specs():
        columns = spec.metadata[COLUMNS].columns if COLUMNS in spec.metadata else []
        assets[spec.key.to_user_string()] = {
            "group": spec.group_name,
            "owners": list(spec.owners),
            "tags": dict(spec.tags),
            "deps": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
            "columns": {
                column.name: [column.type, column.description, dict(column.tags)]
                for column in columns
            },
            "fresh_for_hours": spec.freshness_policy
            and spec.freshness_policy.warn_window.to_timedelta().total_seconds() / 3600,
        }
    graph = defs.resolve_asset_graph()
    return {
        "assets": assets,
        "made": sorted(key.to_user_string() for key in graph.executable_asset_keys),
        "checks": sorted(key.name for key in graph.asset_check_keys),
        "schedules": {one.name: one.cron_schedule for one in defs.schedules},
        "sensors": [one.name for one in defs.sensors],
    }


def build() -> dict[str, Any]:
    job = defs.resolve_job_def("build")
    result = job.execute_in_process(instance=DagsterInstance.get(), raise_on_error=False)
    made, seen, checks, failures = {}, {}, {}, []
    for event in result.all_events:
        if event.is_step_failure:
            failures.append(event.step_failure_data.error.to_string())
        elif event.is_step_materialization:
            found = event.step_materialization_data.materialization
            made[found.asset_key.to_user_string()] = found.metadata
        elif event.is_asset_observation:
            found = event.asset_observation_data.asset_observation
            seen[found.asset_key.to_user_string()] = found.metadata
        elif event.event_type_value == "ASSET_CHECK_EVALUATION":
            checks[event.event_specific_data.check_name] = event.event_specific_data.passed
    for events in (made, seen):
        for key, metadata in events.items():
            events[key] = {name: value.value for name, value in metadata.items()}
    run = DagsterInstance.get().get_run_by_id(result.run_id)
    return {
        "status": run.status.value,
        "made": made,
        "seen": seen,
        "checks": checks,
        "failures": failures,
    }


def ticks(steps: list[list[str]]) -> list[Any]:
    """Answers of the sensor: the key of the run that it asks for, or why it asks for none."""
    zone = Path(os.environ["BENEFITS_LANDING_ZONE"])
    [sensor] = defs.sensors
    cursor, answers = None, []
    for verb, *arguments in steps:
        if verb == "tick":
            context = build_sensor_context(cursor=cursor)
            answer = sensor(context)
            cursor = context.cursor
            is_run = isinstance(answer, RunRequest)
            answers.append({"run": answer.run_key} if is_run else answer.skip_message)
        elif verb == "write":
            path = zone / arguments[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(arguments[1])
        elif verb == "remove":
            (zone / arguments[0]).unlink()
        elif verb == "restart":  # of the daemon, which keeps the cursor
            cursor = json.loads(json.dumps(cursor))
    return answers


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    answer = {"definitions": definitions, "build": build}[verb]() if not rest else None
    print("\n" + json.dumps(answer if not rest else ticks(json.loads(rest[0])), default=str))
