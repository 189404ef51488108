"""dbt runs in processes of their own, that a test can kill, starve or leave alone.

A server that has dbt imported forks each of them, which saves the four seconds that a fresh
interpreter needs for that. Each leads a process group of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conftest import Warehouse

POLL = 0.001  # seconds between two looks at what a run does
FIRST_HOOK = "OK hook: benefits_warehouse.on-run-start"
LONGEST = 1800  # seconds after which a run is taken for hung

server = multiprocessing.get_context("forkserver")
server.set_forkserver_preload(
    ["dbt.cli.main", "dbt.adapters.duckdb.impl", "dbt.task.build", "dbt.task.retry", "processes"]
)


def _dbt(
    folder: str,
    project: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    log: str,
    limit: int,
    prelude: str,
) -> None:
    """The forked process: what the command `dbt` does, console output into a file."""
    os.setsid()
    os.chdir(folder)
    sys.path.insert(0, f"{project}/python")  # of this project, not of the one that tests it
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # or TMPDIR would not be looked at again
    sys.argv = ["dbt", *arguments]
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    from dbt.cli.main import cli

    try:
        exec(prelude, {})
        cli()
    finally:
        # What an interpreter does when it ends by itself, and a forked process does not.
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        DuckDBConnectionManager.close_all_connections()


class Run:
    """A dbt command that runs on a warehouse, beside this process.

    Args:
        warehouse: where it runs.
        arguments: words of the command, `build` and the like.
        environment: variables on top of this process' and the warehouse's.
        largest_file: bytes that no file may exceed (RLIMIT_FSIZE); 0 for no limit.
        name: of the file that takes the console output, in the warehouse's folder.
        variables: vars besides those that name places.
        prelude: Python that the process runs before dbt.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        largest_file: int = 0,
        name: str = "console",
        variables: Mapping[str, Any] | None = None,
        prelude: str = "",
    ) -> None:
        self.log = warehouse.folder / f"{name}.log"
        self.log.unlink(missing_ok=True)
        self.began: float | None = None
        words = warehouse.arguments(*arguments, variables=variables)
        warehouse.take_parsed()
        settings = {**os.environ, **warehouse.environment(), **(environment or {})}
        places = str(warehouse.folder), str(warehouse.project)
        more = str(self.log), largest_file, prelude
        self.process = server.Process(
            target=_dbt, args=(*places, words, settings, *more), daemon=True
        )
        self.process.start()

    @property
    def output(self) -> str:
        """What it has written to the console."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @property
    def seconds(self) -> float:
        """Seconds since its first hook ended, 0 before: parsing takes as long as it likes."""
        if self.began is None and FIRST_HOOK in self.output:
            self.began = time.monotonic()
        return time.monotonic() - self.began if self.began is not None else 0

    @property
    def all_seconds(self) -> float:
        """Seconds of its hooks and nodes, as it says itself."""
        return float(re.search(r"Finished running .* \(([\d.]+)s\)", self.output)[1])

    def wait(self) -> int:
        """Wait for its end and return the exit code, negative where a signal ended it."""
        self.process.join(LONGEST)
        if self.process.exitcode is None:
            self.kill()
            raise AssertionError(f"dbt hangs\n{self.output[-4000:]}")
        return self.process.exitcode

    def kill(self) -> None:
        """SIGKILL to all of it; returns when it is gone."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it has only just been forked, and leads no group yet
            self.process.kill()
        self.process.join()

    def kill_when(self, is_reached: Callable[[Run], Any], poll: float = POLL) -> bool:
        """Kill it at a moment; False where it ended by itself before.

        Args:
            is_reached: whether it is at that moment.
            poll: seconds between two looks; looking takes a share of a core.
        """
        while self.process.is_alive():
            if is_reached(self):
                self.kill()
                break
            time.sleep(poll)
        self.process.join()
        return self.process.exitcode == -signal.SIGKILL
