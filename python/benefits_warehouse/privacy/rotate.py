"""Change the pepper of the person tokens: `make rotate-pepper`, see models/_privacy.md.

The next build makes other tokens everywhere. The list of forgotten persons holds nothing but
tokens, so that each of them is hashed once more, with the new pepper: to find somebody on the list
takes both, the old one being kept in `restricted/forgotten.peppers`. What is to be done is written
to `restricted/rotation.json` first and removed last; running again continues.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sys
from pathlib import Path

import duckdb

from benefits_warehouse.privacy.audit import record
from benefits_warehouse.privacy.commands import enter_warehouse
from benefits_warehouse.privacy.erasure import build_anew
from benefits_warehouse.privacy.forgotten import (
    LIST,
    SEPARATOR,
    check_list,
    check_token,
    list_pepper,
    wrapped,
)
from benefits_warehouse.privacy.restricted import attach_working
from benefits_warehouse.runtime.dbt_plugin import (
    PEPPER,
    ROTATION,
    read_pepper,
    release_locks,
)
from benefits_warehouse.whole_files import PRIVATE_FILE, write_text

BEFORE = f"{PEPPER}_BEFORE"


def make_plan(folder: Path) -> dict[str, str]:
    """The peppers, old, new and those of the list, written down; nothing else is changed.

    Args:
        folder: the warehouse folder.

    Raises:
        RuntimeError: the pepper comes from the environment, and the old one is not named.
    """
    path = folder / ROTATION
    if path.exists():
        begun: dict[str, str] = json.loads(path.read_text())
        return begun
    now = read_pepper(folder)
    if os.environ.get(PEPPER):
        old = os.environ.get(BEFORE, "")
        if not old or old == now:
            raise RuntimeError(
                f"The pepper comes from {PEPPER}: set that to the new one, and {BEFORE} to the "
                "old one. Nothing was changed."
            )
        plan = {"old": old, "new": now}
    else:
        plan = {"old": now, "new": secrets.token_hex(32)}
    plan["older"] = list_pepper(plan["old"], folder / "restricted")
    check_list(folder / "restricted", plan["older"])
    write_text(path, json.dumps(plan), PRIVATE_FILE)
    return plan


def wrap_list(restricted: Path, plan: dict[str, str]) -> int:
    """Hash each token of the list once more; doing it twice does no harm.

    Args:
        restricted: the folder `restricted` of the warehouse.
        plan: see make_plan.

    Returns:
        The number of tokens.
    """
    path = restricted / LIST
    if not path.exists():
        return 0
    chain = f"{plan['older']}{SEPARATOR}{plan['new']}"
    check, *tokens = path.read_text().split("\n")
    if check != check_token(chain):
        tokens = sorted(wrapped(token, plan["new"]) for token in tokens)
        write_text(path, "\n".join([check_token(chain), *tokens]), PRIVATE_FILE)
    write_text(restricted / f"{LIST}.peppers", plan["older"], PRIVATE_FILE)
    return len(tokens)


def drop_tokens(folder: Path) -> None:
    """Take the keys that are shown as tokens out of the log of quarantine."""
    spills = str(folder / "restricted" / "tmp")
    with duckdb.connect(config={"temp_directory": spills}) as connection:
        attach_working(connection, folder)
        found = connection.execute(
            "select 1 from duckdb_tables() where database_name = 'analytics' "
            "and schema_name = 'quality' and table_name = 'quarantine_history'"
        ).fetchall()
        if found:
            connection.execute(
                "update analytics.quality.quarantine_history set record_key = null "
                "where regexp_full_match(record_key, '[0-9a-f]{16}')"
            )


def main(arguments: list[str]) -> int:
    """Rotate the pepper, and build.

    Args:
        arguments: further arguments of dbt, such as --vars.

    Returns:
        The exit code: 0 when it is done, 2 with a message when it is not.
    """
    try:
        folder = enter_warehouse("make rotate-pepper")
        plan = make_plan(folder)
        tokens = wrap_list(folder / "restricted", plan)
        drop_tokens(folder)
        if not os.environ.get(PEPPER):
            write_text(folder / "restricted.pepper", plan["new"], PRIVATE_FILE)
        old = hashlib.sha256(plan["old"].encode()).hexdigest()[:8]
        record(folder, "rotation", tokens_on_list=tokens, old_pepper_digest=old)
        (folder / ROTATION).unlink()
        if not build_anew(folder, arguments):
            raise RuntimeError(
                "The pepper is another one, but the build failed: what is published has the old "
                "tokens. Fix what the build names, and run dbt build."
            )
    except (RuntimeError, OSError, duckdb.Error) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        release_locks()
    if os.environ.get("DBT_ENV_SECRET_FORGOTTEN_PEPPER"):
        print("Unset DBT_ENV_SECRET_FORGOTTEN_PEPPER: the list has its older peppers beside it.")
    print(f"The pepper is a new one; {tokens} tokens of the list of forgotten persons follow it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
