"""A sensor: what comes into the landing zone starts a build, once."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from dagster import (
    DefaultSensorStatus,
    RunRequest,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    sensor,
)

from benefits_dagster.places import landing_zone
from benefits_warehouse.landing.files import is_hidden

SECONDS = 30  # between two looks
SIGNS = 16  # hexadecimal signs of a digest that stands for one state of one file


def states(zone: Path) -> set[str]:
    """One digest a file: of its path, size and time, so that a replaced file has another one.

    Names of files may be personal, and stay in the landing zone.

    Args:
        zone: the landing zone; files that are hidden, or not finished yet, do not count.
    """
    found = set()
    for folder, folders, names in os.walk(zone):
        folders[:] = [name for name in folders if not is_hidden(name)]
        for name in names:
            path = Path(folder, name)
            try:
                about = path.lstat()
            except FileNotFoundError:
                continue
            if not is_hidden(name):
                state = (os.fsencode(path.relative_to(zone)), about.st_size, about.st_mtime_ns)
                found.add(hashlib.sha256(repr(state).encode()).hexdigest()[:SIGNS])
    return found


def look(cursor: str | None, now: set[str]) -> tuple[str, str]:
    """What a look at the zone means.

    A file may still be on its way. So what is new counts once two looks in a row saw the same.

    Args:
        cursor: what the last look remembered; None at the first one.
        now: the states of the files.

    Returns:
        The key of the build to start, '' for none; and what the next look has to know.
    """
    before = json.loads(cursor) if cursor else {"built": [], "seen": []}
    built, new = now & set(before["built"]), now - set(before["built"])
    is_settled = bool(new) and now == set(before["seen"])
    key = hashlib.sha256("".join(sorted(now)).encode()).hexdigest()[:SIGNS] if is_settled else ""
    known = now if is_settled else built
    return key, json.dumps({"built": sorted(known), "seen": sorted(now)})


def deliveries_sensor(job: Any) -> SensorDefinition:
    """The sensor on the landing zone.

    Args:
        job: what it starts.
    """

    @sensor(
        job=job,
        minimum_interval_seconds=SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
        description="A delivery in the landing zone starts a build, and a replaced file another.",
    )
    def deliveries(context: SensorEvaluationContext) -> RunRequest | SkipReason:
        zone = landing_zone()
        if zone is None:
            return SkipReason("There is no landing zone: set BENEFITS_LANDING_ZONE.")
        if not zone.is_dir():
            return SkipReason("The landing zone is no folder: fix BENEFITS_LANDING_ZONE.")
        now = states(zone)
        key, cursor = look(context.cursor, now)
        context.update_cursor(cursor)
        if key:
            return RunRequest(run_key=key)
        return SkipReason(f"Nothing new has settled among {len(now)} files.")

    found: SensorDefinition = deliveries
    return found
