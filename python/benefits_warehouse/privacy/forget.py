"""Forget one person everywhere: `make forget`, see Erasure in models/_privacy.md.

Who it is comes from standard input, never from a command line, which shells and logs remember. One
line `kind: value` each, kinds as in forgotten.KINDS; a line `exact` takes just what is named.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import duckdb

from benefits_warehouse.privacy.audit import record
from benefits_warehouse.privacy.cleaning import cleaned
from benefits_warehouse.privacy.erasure import Erasure
from benefits_warehouse.privacy.forgotten import KINDS, tidy
from benefits_warehouse.privacy.plan import Plan, Who
from benefits_warehouse.runtime.dbt_plugin import release_locks, take_lock
from benefits_warehouse.runtime.lake import is_lake


def compared(value: str, kind: str) -> str | None:
    """A typed identifier as the warehouse compares it; None where it says nothing.

    Args:
        value: as typed.
        kind: one of forgotten.KINDS.
    """
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select {tidy('value', kind)} from (select ?::varchar as value) "
            f"where {cleaned('says_something', tidy('value', kind))}",
            [value],
        ).fetchall()
    return rows[0][0] if rows else None


def read_request(lines: Iterable[str]) -> tuple[Who, bool]:
    """Who is to be forgotten.

    Args:
        lines: `kind: value`, or `exact`.

    Returns:
        The values by kind, and whether just these are meant.

    Raises:
        RuntimeError: a line says something else, or nobody is named.
    """
    who: Who = {kind: set() for kind in KINDS}
    is_exact = False
    for line in filter(None, map(str.strip, lines)):
        kind, _, value = line.partition(":")
        if line == "exact":
            is_exact = True
        elif kind in who and (named := compared(value, kind)):
            who[kind].add(named)
        else:  # what was typed is not repeated: it may be personal
            raise RuntimeError(f"Name a person by lines such as `{KINDS[0]}: …`; or {KINDS[1:]}.")
    if not any(who.values()):
        raise RuntimeError("Nobody is named. Nothing was changed.")
    return who, is_exact


def main(arguments: list[str]) -> int:
    """Forget the person that standard input names.

    Args:
        arguments: further arguments of dbt, such as --vars; never the person.

    Returns:
        The exit code: 0 when it is done, 2 with a message when it is not.
    """
    os.umask(0o077)
    folder = Path(os.environ.get("BENEFITS_DB_DIR", "warehouse")).resolve()
    try:
        is_file = (folder / "restricted.duckdb").exists()
        if not is_file and not is_lake(folder):
            raise RuntimeError(f"There is no warehouse in {folder}.")
        if is_file and is_lake(folder):
            raise RuntimeError(
                f"{folder} holds the files from before the warehouse was moved into a lake, which "
                "no erasure reaches: remove restricted.duckdb and both analytics.duckdb."
            )
        take_lock(folder, "make forget")
        erasure = Erasure(folder)
        if plan := erasure.resume():
            print("An erasure is not finished: it continues.")
        else:
            if sys.stdin.isatty():
                print(f"Which person? One `kind: value` a line ({', '.join(KINDS)}); Ctrl-D ends.")
            plan = erasure.make_plan(*read_request(sys.stdin), arguments)
        erasure.run(plan, arguments)
        counts = {name: list(counted) for name, counted in (plan.erased or {}).items()}
        record(folder, "erasure", run_id=plan.run_id, rows_and_lines=counts)
    except (RuntimeError, OSError, duckdb.IOException) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        release_locks()
    report(plan)
    return 0


def report(plan: Plan) -> None:
    """Say what was erased, and which delivered files hold the person still."""
    print(f"\nErased (run {plan.run_id}, see ops.erasures):")
    for name, (rows, lines) in (plan.erased or {}).items():
        print(f"  {name:<32} {rows} rows, {lines} rejected lines")
    print(f"  {'history of the roster':<32} {plan.history} records")
    holders = [f"  {name} {file}" for name, files in plan.holders.items() for file in files]
    if holders:
        print("Delivered files that still hold the person; the sender must fix them:")
        print("\n".join(holders))
    print("Your own copies of the warehouse, exports and backups are not touched.")
    print("What Spark held in the warehouse folder is removed; elsewhere it is still there.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
