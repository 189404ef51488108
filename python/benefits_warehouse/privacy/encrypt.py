"""Encrypt the restricted database of a warehouse, give it another key, or take the key away.

The file is opened with DBT_ENV_SECRET_RESTRICTED_KEY_BEFORE and written anew with
DBT_ENV_SECRET_RESTRICTED_KEY; unset means without a key. It is its old or its new self throughout.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

import duckdb

from benefits_warehouse.privacy.restricted import KEY, attach_restricted, restricted_key, rewrite
from benefits_warehouse.runtime.dbt_plugin import release_locks, take_lock


def main() -> int:
    """Write the restricted database anew; 2 with a message where that can't be done."""
    os.umask(0o077)
    folder = Path(os.environ.get("BENEFITS_DB_DIR", "warehouse")).resolve()
    path = folder / "restricted.duckdb"
    try:
        before, key = restricted_key(f"{KEY}_BEFORE"), restricted_key()
        if not path.exists():
            raise RuntimeError(f"There is no warehouse in {folder}.")
        take_lock(folder, "encrypt")
        spills = str(folder / "restricted" / "tmp")
        connection = duckdb.connect(
            config={"autoinstall_known_extensions": False, "temp_directory": spills}
        )
        attach_restricted(connection, path, key=before)
        rewrite(connection, path, partial(attach_restricted, key=key))
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        release_locks()
    print(f"{path} is {'encrypted with the key' if key else 'not encrypted'} now.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
