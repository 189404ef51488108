"""A second file that may be handed out: `make share PROFILE=safe_harbor`, see models/_privacy.md.

It holds counts and sums only, by year and by listed words, none of them about fewer persons than
the var min_cell_size. The method follows 45 CFR 164.514(b)(2), which takes 18 kinds of identifiers
of persons, their relatives and their employers out, and of dates all but the year.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import yaml

from benefits_warehouse.privacy.audit import record
from benefits_warehouse.privacy.commands import enter_warehouse
from benefits_warehouse.privacy.counts import MARK, PROFILE, Counts
from benefits_warehouse.privacy.shareable import given_vars
from benefits_warehouse.runtime.dbt_plugin import release_locks
from benefits_warehouse.whole_files import PUBLIC_FILE, make_folder, replacing


def refuse_others(goal: Path) -> None:
    """Refuse to replace a file that this command did not write.

    Args:
        goal: where the shared file goes.

    Raises:
        RuntimeError: another file, or a link, is there; nothing was changed.
    """
    if goal.is_symlink() or (goal.exists() and not is_ours(goal)):
        raise RuntimeError(
            f"{goal} is not a file that make share wrote. Nothing was changed. Name another OUTPUT."
        )


def is_ours(path: Path) -> bool:
    """Whether a file was written by this command."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return bool(connection.execute(f"select profile from {MARK}").fetchall())
    except (duckdb.Error, OSError):
        return False


def main(arguments: list[str]) -> int:
    """Write the shared file.

    Args:
        arguments: the profile, the path of the file ('' for the usual one), and `--vars` of dbt.

    Returns:
        The exit code: 0 when it is done, 2 with a message when it is not.
    """
    profile, output, *rest = [*arguments, "", ""]
    try:
        if profile != PROFILE:
            raise RuntimeError(f"There is no PROFILE {profile!r}; there is {PROFILE}.")
        if rest[:-2] and not rest[0].startswith("--vars"):
            raise RuntimeError(f"make share knows no {rest[0]}; it knows --vars.")
        least = int(given_vars(rest)["min_cell_size"])
        folder = enter_warehouse("make share", ("restricted.duckdb", "analytics.duckdb"))
        goal = Path(output).absolute() if output else folder / "shared" / f"{PROFILE}.duckdb"
        refuse_others(goal)
        make_folder(str(goal.parent))
        with replacing(goal, PUBLIC_FILE) as part:
            report = Counts(folder / "analytics.duckdb", part, least).write()
            part.with_name(f"{part.name}.wal").unlink(missing_ok=True)
        small, with_them = (sum(int(str(row[place])) for row in report) for place in (3, 4))
        counts = {"small_cells": small, "cells_hidden_with_them": with_them}
        record(folder, "share", profile=PROFILE, file=goal.name, **counts)
    except (RuntimeError, OSError, duckdb.Error, yaml.YAMLError) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        release_locks()
    for table, outcome, lines, hidden, others, _ in report:
        print(f"  {table:<24} {outcome}; {lines} lines, {hidden} small cells, {others} with them")
    print(f"{goal}: no count about fewer than {least}. The table report says what is left out.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
