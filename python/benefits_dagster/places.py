"""Where things are: the project, what dbt makes of it, the warehouse and the landing zone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).with_name("dbt")


def target_folder() -> Path:
    """Where dbt puts manifest and compiled SQL of builds under Dagster (`target/dagster`)."""
    return PROJECT / os.environ.get("DBT_TARGET_PATH", "target") / "dagster"


def warehouse_folder() -> Path:
    """The warehouse (BENEFITS_DB_DIR); dbt runs in the project, so names are read from there."""
    return PROJECT / os.environ.get("BENEFITS_DB_DIR", "warehouse")


def landing_zone() -> Path | None:
    """The folder of deliveries (BENEFITS_LANDING_ZONE); None where builds read the seeds."""
    zone = os.environ.get("BENEFITS_LANDING_ZONE", "").strip()
    return PROJECT / zone if zone else None
