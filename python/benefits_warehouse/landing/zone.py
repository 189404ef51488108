"""Is the landing zone what it should be? Asked before a run changes anything."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from benefits_warehouse.landing.files import is_hidden
from benefits_warehouse.privacy.names import shown_names

PLACES = ("BENEFITS_DB_DIR", "BENEFITS_LANDING_ZONE", "BENEFITS_REFERENCE_DIR")


def refuse_blank_places(environment: Mapping[str, str], variables: Mapping[str, object]) -> None:
    """Refuse places that are named, and blank: what is meant can't be known.

    Args:
        environment: the environment variables.
        variables: the vars of the command line; where they name the landing zone, the environment
            does not count.

    Raises:
        RuntimeError: names each of them.
    """
    blank = [name for name in PLACES if name in environment and not environment[name].strip()]
    if str(variables.get("landing_zone") or "").strip():
        blank = [name for name in blank if name != "BENEFITS_LANDING_ZONE"]
    if blank:
        raise RuntimeError(
            f"Nothing was changed. {' and '.join(blank)} is set but blank: name a folder in it, or "
            "unset it."
        )


def zone_problem(zone: str, feeds: Sequence[str], has_loaded: bool) -> str:
    """What is wrong with a landing zone, with the remedy; '' where nothing is.

    Args:
        zone: its path.
        feeds: names of the feeds, source.feed.
        has_loaded: files were loaded before, so that it may be empty now.
    """
    path = Path(zone)
    remedy = "fix the var landing_zone or BENEFITS_LANDING_ZONE"
    if not path.is_dir():
        what = "is no folder" if path.exists() else "does not exist"
        return f"The landing zone {zone} {what}: make it, or {remedy}."
    folders = [path / feed.replace(".", "/") for feed in feeds]
    names = sorted(entry.name for entry in path.iterdir() if not is_hidden(entry.name))
    wanted = ", ".join(feed.replace(".", "/") for feed in feeds)
    if names and not any(folder.is_dir() for folder in folders):
        with duckdb.connect() as connection:
            shown = [shown_names(connection, names[:5])[name] for name in names[:5]]
        return (
            f"The landing zone {zone} has none of the folders of the feeds ({wanted}), but "
            f"{', '.join(shown)}: put each file into the folder of its feed, or {remedy}."
        )
    if not has_loaded and not has_files(path):
        return (
            f"The landing zone {zone} is empty: put files into the folders of their feeds "
            f"({wanted}), or {remedy}."
        )
    return ""


def has_files(path: Path) -> bool:
    """True for a folder with a file in it, or below it, that is not hidden.

    Args:
        path: the folder.
    """
    for _, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not is_hidden(name)]
        if any(not is_hidden(name) for name in names):
            return True
    return False
