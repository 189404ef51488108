"""How a command of make that touches clear values begins."""

from __future__ import annotations

import os
from pathlib import Path

from benefits_warehouse.privacy.audit import needed_reason
from benefits_warehouse.runtime.dbt_plugin import refuse_while_erasing, take_lock
from benefits_warehouse.runtime.lake import is_lake


def enter_warehouse(
    tool: str, files: tuple[str, ...] = ("restricted.duckdb",), is_reasoned: bool = True
) -> Path:
    """Take the lock of the warehouse that BENEFITS_DB_DIR names; what is written is closed.

    Args:
        tool: the command, for the message that another process gets.
        files: what must be there.
        is_reasoned: the audit log wants a reason.

    Returns:
        The warehouse folder.

    Raises:
        RuntimeError: a file or the reason is missing, another process runs, or an erasure is not
            finished; nothing was changed.
    """
    os.umask(0o077)
    folder = Path(os.environ.get("BENEFITS_DB_DIR") or "warehouse").resolve()
    for name in files:
        if not (folder / name).exists() and not is_lake(folder):
            raise RuntimeError(f"There is no {name} in {folder}: run dbt build first.")
    if is_reasoned:
        needed_reason()
    take_lock(folder, tool)
    refuse_while_erasing(folder)
    return folder
