"""The message about a full disk: which one it is, and that making room is all there is to do.

The engine's own words name a file and an error number, in the middle of a log or at the end of a
failed hook. dbt sends an event for every error; the hint is printed at the last event of a command.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

PHRASES = re.compile(r"No space left on device|File too large|Disk quota exceeded")
QUOTED = re.compile(r"""["']([^"'\n]+)["']""")
LAST_EVENT = "CommandCompleted"


def tells_of_full_disk(text: str) -> bool:
    """Whether an error's message says that a disk, a quota or a limit of file sizes is used up."""
    return bool(PHRASES.search(text))


def explain(text: str, warehouse: Path) -> str | None:
    """One sentence or two about a full disk, None where the text is about something else.

    Args:
        text: an error's message; files stand in it in quotes.
        warehouse: the warehouse folder, named where the text names no folder that is there.
    """
    found = PHRASES.search(text)
    if not found:
        return None
    named = [Path(name).resolve().parent for name in QUOTED.findall(text) if "/" in name]
    folder = next((path for path in named if path.is_dir()), warehouse)
    room = f"{shutil.disk_usage(folder).free / 1e6:,.0f} MB are free there now"
    return (
        f"The disk of {folder} is full ({found[0]}; {room}). What was published stays as it was. "
        "Make room, or raise the limit, and run dbt build again: nothing else needs a fix."
    )


class FullDiskTeller:
    """Listens to the events of a dbt run and speaks at its end.

    Args:
        warehouse: the warehouse folder.
    """

    def __init__(self, warehouse: Path) -> None:
        self.warehouse = warehouse
        self.hint: str | None = None

    def __call__(self, event: Any) -> None:
        """Take an event of dbt into account."""
        if event.info.name == LAST_EVENT and self.hint:
            print(self.hint, flush=True)
        self.hint = self.hint or explain(event.info.msg, self.warehouse)
