"""Runs that stop before the end of a run comes: refused at the start, or by an error in a hook.

They reach no on-run-end, and some have no record. So dbt's last event has them told, and the file
`.build/stopped_runs` keeps what became of that until the next run takes it into ops.alerts.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from benefits_warehouse.alerts.message import lines_of
from benefits_warehouse.alerts.webhook import post, webhook
from benefits_warehouse.whole_files import PRIVATE_FILE, write_text

STOPPED = Path(".build/stopped_runs")
LAST_EVENT = "CommandCompleted"


def not_delivered(error: str) -> str:
    """The line of the console about a message that was not taken.

    Args:
        error: kind of the failure, see Outcome.
    """
    why = error.replace("_", " ")
    return f"  alerts               not delivered ({why}); tried again in the next run"


class StoppedRunTeller:
    """Listens to the events of a dbt run, and tells of one that stopped before its end.

    Args:
        folder: the warehouse folder; this process holds its lock.
        command: dbt's command, such as build.
        run_id: dbt's invocation id.
    """

    def __init__(self, folder: Path, command: str, run_id: str) -> None:
        self.folder, self.command, self.run_id = folder, command, run_id
        self.has_ended = False  # the end of the run came, and tells what there is to tell

    def end(self) -> bool:
        """The run came to its end, and ops.alerts has what the list said: remove it. True."""
        self.has_ended = True
        (self.folder / STOPPED).unlink(missing_ok=True)
        return True

    def __call__(self, event: Any) -> None:
        """Take an event of dbt into account."""
        if event.info.name != LAST_EVENT or event.data.success or self.has_ended or not webhook():
            return
        alert = {"kind": "run_stopped", "alerts": 1, "command": self.command}
        alert |= dict.fromkeys(("severity", "company", "began", "nodes"))
        error = post(webhook(), lines_of([alert])).error
        if error:
            print(not_delivered(error), flush=True)
        line = f"{self.run_id} {error}".rstrip()
        lines = [*stopped_runs(self.folder), line]
        with contextlib.suppress(OSError):  # the disk is full, which dbt has said by now
            write_text(self.folder / STOPPED, "\n".join(lines), PRIVATE_FILE)


def stopped_runs(folder: Path) -> list[str]:
    """Runs that stopped, each its id and, where it could not be told yet, the kind of failure.

    Args:
        folder: the warehouse folder.
    """
    path = folder / STOPPED
    return path.read_text().splitlines() if path.exists() else []
