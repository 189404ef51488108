"""The dbt-duckdb plugin: folders and rights, one run at a time, secrets, publishing by rename.

It also keeps the values of rows out of error messages (messages.py).

dbt-duckdb calls `initialize` before it opens the database, `configure_connection` once it is open
and `configure_cursor` for each cursor. The working copy is `<folder>/.build/analytics.duckdb`; the
published file is `<folder>/analytics.duckdb`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.events.event_manager_client import add_callback_to_manager
from dbt_common.invocation import get_invocation_id

from benefits_warehouse.alerts.message import lines_of
from benefits_warehouse.alerts.stopped import StoppedRunTeller, stopped_runs
from benefits_warehouse.alerts.webhook import post, webhook
from benefits_warehouse.feeds import feed_problems
from benefits_warehouse.landing.intact import damaged
from benefits_warehouse.landing.zone import refuse_blank_places, zone_problem
from benefits_warehouse.privacy import audit
from benefits_warehouse.privacy.forgotten import check_list, list_pepper
from benefits_warehouse.privacy.restricted import (
    ask_for_rewrite,
    attach_restricted,
    rewrite_asked_for,
    rewrite_done,
)
from benefits_warehouse.runtime.database_copy import copy_beside, finish_copy
from benefits_warehouse.runtime.full_disk import FullDiskTeller
from benefits_warehouse.runtime.lake import (
    is_lake,
    make_lake,
    open_to_readers,
    release_writers,
    take_in_use,
)
from benefits_warehouse.runtime.messages import hide_values
from benefits_warehouse.runtime.reference import check_reference, reference_folder
from benefits_warehouse.senders import sender_problems
from benefits_warehouse.sql import quoted
from benefits_warehouse.variables import variable_problems
from benefits_warehouse.whole_files import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    PUBLIC_FOLDER,
    finish_file,
    fresh_part,
    make_folder,
    refuse_links,
    replacing,
    write_text,
)

PEPPER = "DBT_ENV_SECRET_PII_PEPPER"
SOUND_PEPPER = 16  # characters
ROTATION = "restricted/rotation.json"  # what a change of the pepper has to do
WRITING = ("build", "run", "seed", "snapshot", "retry")  # commands that write to the warehouse

# The locks that this process holds, so that dbt's runner can be called twice in one process.
_locks: dict[Path, int] = {}


def take_lock(folder: Path, tool: str = "") -> None:
    """Take the one-run-at-a-time lock of a warehouse, or say who holds it.

    Args:
        folder: the warehouse folder (BENEFITS_DB_DIR), absolute.
        tool: what runs, for the message that another process gets; a dbt command by default.

    Raises:
        RuntimeError: another process runs dbt on this warehouse; nothing was changed.
    """
    path = folder / ".build" / "run.lock"
    if path in _locks:
        return
    refuse_links(folder)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 4096).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise RuntimeError(
            f"Another dbt run is using the warehouse {folder}: {holder}. "
            "Nothing was changed. Wait for it to end, or stop it, and run again."
        ) from None
    os.ftruncate(handle, 0)
    word = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    running = tool or f"dbt {word}".strip()
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    os.write(handle, f"process {os.getpid()} ({running}), since {since}".encode())
    _locks[path] = handle


def release_locks() -> None:
    """Give back the locks of this process (for programs that call dbt's runner and continue)."""
    release_writers()
    while _locks:
        os.close(_locks.popitem()[1])


def close_databases() -> None:
    """End what dbt holds in this process, as the end of a process would: databases and locks."""
    manager = DuckDBConnectionManager
    if manager._ENV is not None:
        manager._ENV.close()
    manager.close_all_connections()  # type: ignore[no-untyped-call]
    release_locks()


def read_pepper(folder: Path) -> str:
    """The key of the person tokens: from the environment, else made once and kept beside the data.

    Args:
        folder: the warehouse folder; the file is `<folder>/restricted.pepper`, mode 0600.

    Returns:
        A secret that is not blank. It goes into a session variable, never into SQL text or a log.

    Raises:
        RuntimeError: the pepper is blank or short, so that tokens could be guessed.
    """
    place, pepper = PEPPER, os.environ.get(PEPPER, "")
    if not pepper:
        path = folder / "restricted.pepper"
        place = str(path)
        if not path.exists():
            write_text(path, secrets.token_hex(32), PRIVATE_FILE)
        pepper = path.read_text().strip()
    if len(pepper.strip()) < SOUND_PEPPER:
        what = "too short" if pepper.strip() else "blank"
        raise RuntimeError(
            f"The pepper of the person tokens ({place}) is {what}, so tokens could be guessed: "
            f"give it {SOUND_PEPPER} characters or more (openssl rand -hex 32). Nothing is changed"
        )
    return pepper


def close_to_others(folder: Path) -> None:
    """Give what is restricted its rights again, as a restored backup may have come without them.

    Args:
        folder: the warehouse folder.
    """
    for name in (".build", "restricted", "restricted/tmp", "restricted/landing"):
        (folder / name).chmod(PRIVATE_FOLDER)
    for path in folder.glob("restricted.*"):
        path.chmod(PRIVATE_FILE)


def engine_of(pepper: str) -> str:
    """A digest of what decides how SQL becomes rows: engine, materializations and pepper.

    Args:
        pepper: the key of the person tokens; another one makes other tokens.

    Returns:
        16 hex digits. Tables that another engine built are built anew.
    """
    folder = Path(__file__).resolve().parents[3] / "macros" / "system" / "materializations"
    digest = hashlib.sha256(f"{duckdb.__version__} {pepper}".encode())
    for path in sorted(folder.glob("*.sql")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def refuse_while_erasing(folder: Path) -> None:
    """Refuse to run on a warehouse that is half erased.

    Args:
        folder: the warehouse folder.

    Raises:
        RuntimeError: an erasure was begun and did not end, and this is not its own build.
    """
    path = folder / "restricted" / "forget.json"
    if (
        path.exists()
        and os.environ.get("BENEFITS_ERASURE") != json.loads(path.read_text())["run_id"]
    ):
        raise RuntimeError(
            "An erasure on this warehouse is not finished: run `make forget` again. "
            "It continues where it stopped and asks no questions."
        )


def refuse_while_rotating(folder: Path) -> None:
    """Refuse to run with a pepper that is half changed.

    Args:
        folder: the warehouse folder.

    Raises:
        RuntimeError: a rotation was begun and did not end.
    """
    if (folder / ROTATION).exists():
        raise RuntimeError(
            "A change of the pepper is not finished: run `make rotate-pepper` again. It continues "
            "where it stopped."
        )


def command() -> str:
    """The command that dbt runs, such as build; empty where there is none."""
    flags: Any = get_flags()  # type: ignore[no-untyped-call]
    return str(getattr(flags, "WHICH", ""))


def refuse_clone() -> None:
    """Refuse `dbt clone`.

    Raises:
        RuntimeError: its tables would be views of themselves, or of another state of the project.
    """
    if command() == "clone":
        raise RuntimeError(
            "dbt clone would put views in the place of this warehouse's tables. Nothing was "
            "changed. Copy the folder of the warehouse, and name the copy in BENEFITS_DB_DIR."
        )


def refuse_direct_query() -> None:
    """Refuse `dbt show --inline-direct`, which would show rows past every macro.

    Raises:
        RuntimeError: masking is on; nothing was read.
    """
    flags: Any = get_flags()  # type: ignore[no-untyped-call]
    is_masked = (flags.VARS or {}).get("pii_masking_enabled", True)
    if command() == "show" and getattr(flags, "INLINE_DIRECT", None) and is_masked:
        raise RuntimeError(
            "dbt show --inline-direct would show rows of persons on the console and in the log. "
            "Nothing was read. Use --inline, which leaves those columns out, or query the "
            "database file with DuckDB, which leaves no log."
        )


def refuse_other_target(folder: Path, is_for_lake: bool) -> None:
    """Refuse to make a second warehouse beside the one that a folder has.

    Args:
        folder: the warehouse folder.
        is_for_lake: the target of this run is a lake.

    Raises:
        RuntimeError: the warehouse is of the other target; nothing was changed.
    """
    if is_lake(folder) and not is_for_lake:
        raise RuntimeError(
            f"The warehouse {folder} is a lake: run dbt with --target lake, or set "
            "DBT_TARGET=lake. Nothing was changed."
        )
    if is_for_lake and not is_lake(folder) and (folder / "restricted.duckdb").exists():
        raise RuntimeError(
            f"The warehouse {folder} is in files: `make lake` moves it into a lake. Nothing was "
            "changed."
        )


def close_logs() -> None:
    """Take the rights of others on dbt's log files away; dbt makes them before we are asked."""
    flags: Any = get_flags()  # type: ignore[no-untyped-call]
    for path in Path(str(getattr(flags, "LOG_PATH", None) or "logs")).glob("*.log*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(PRIVATE_FILE)


class Plugin(BasePlugin):
    """See the module's docstring."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Look at the reference seeds; make the folders, close them to others, take the lock."""
        assert self.creds is not None, "dbt-duckdb hands its plugins the profile"
        flags: Any = get_flags()  # type: ignore[no-untyped-call]
        refuse_blank_places(os.environ, flags.VARS or {})
        if command() in ("build", "seed", "retry"):
            check_reference(reference_folder())
        self.is_lake = any(place.is_ducklake for place in self.creds.attach or [])
        self.folder = Path(os.environ.get("BENEFITS_DB_DIR") or "warehouse").resolve()
        working_copy = self.folder / ".build" / "analytics.duckdb"
        refuse_clone()
        refuse_direct_query()
        refuse_other_target(self.folder, self.is_lake)
        os.umask(0o077)
        hide_values()
        close_logs()
        if not self.folder.exists():
            self.folder.mkdir(parents=True)
            self.folder.chmod(PUBLIC_FOLDER)
        refuse_links(self.folder)
        for name in (".build", "restricted", "restricted/tmp", "restricted/landing"):
            (self.folder / name).mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        take_lock(self.folder)
        self.stopped = StoppedRunTeller(self.folder, command(), get_invocation_id())
        if command() in WRITING:
            add_callback_to_manager(self.stopped)
        close_to_others(self.folder)
        for path in self.folder.glob(".analytics.duckdb.*"):
            path.unlink()  # what a killed run left of a copy
        published = self.folder / "analytics.duckdb"
        if not working_copy.exists() and published.exists():
            # Only what is published was put back from a backup: run records and logs are in it.
            with replacing(working_copy, PRIVATE_FILE) as part:
                shutil.copyfile(published, part)
        if command() in WRITING and not self.is_lake:
            rewrite_asked_for(self.folder)
        add_callback_to_manager(FullDiskTeller(self.folder))
        refuse_while_erasing(self.folder)
        refuse_while_rotating(self.folder)
        self.pepper = read_pepper(self.folder)
        self.list_pepper = list_pepper(self.pepper, self.folder / "restricted")
        check_list(self.folder / "restricted", self.list_pepper)
        self.engine = engine_of(self.pepper)

    def configure_connection(self, conn: Any) -> None:
        """Attach the restricted file, and register the functions that macros call.

        dbt-duckdb attaches what is not attached yet afterwards. It knows no key, and so can't show
        one in `dbt debug`.
        """
        if self.is_lake:
            make_lake(conn, self.folder)
            take_in_use(self.folder)
        else:
            attach_restricted(conn, self.folder / "restricted.duckdb")
        conn.create_function(
            "copy_beside", copy_beside, ["VARCHAR", "VARCHAR"], "VARCHAR", side_effects=True
        )
        for finish in (finish_file, finish_copy):
            conn.create_function(
                finish.__name__,
                finish,
                ["VARCHAR", "VARCHAR", "BOOLEAN"],
                "BIGINT",
                side_effects=True,
            )
        conn.create_function(
            "ask_for_rewrite",
            lambda: ask_for_rewrite(self.folder),
            [],
            "BOOLEAN",
            side_effects=True,
        )
        conn.create_function(
            "audit_clear_build",
            lambda: audit.record(self.folder, "clear build", run_id=get_invocation_id()),
            [],
            "BOOLEAN",
            side_effects=True,
        )
        flags: Any = get_flags()  # type: ignore[no-untyped-call]
        conn.create_function(
            "variable_problems",
            lambda: "; ".join(variable_problems(flags.VARS or {})),
            [],
            "VARCHAR",
            side_effects=True,
        )
        conn.create_function("feed_problems", feed_problems, ["VARCHAR"], "VARCHAR")
        conn.create_function(
            "sender_problems",
            lambda feeds, snapshots: sender_problems(reference_folder(), feeds, snapshots),
            ["VARCHAR[]", "VARCHAR[]"],
            "VARCHAR",
            side_effects=True,
        )
        conn.create_function(
            "zone_problem",
            zone_problem,
            ["VARCHAR", "VARCHAR[]", "BOOLEAN"],
            "VARCHAR",
            side_effects=True,
        )
        conn.create_function("make_folder", make_folder, ["VARCHAR"], "BOOLEAN", side_effects=True)
        conn.create_function("fresh_part", fresh_part, ["VARCHAR"], "VARCHAR", side_effects=True)
        conn.create_function(
            "damaged_files",
            lambda expected: damaged(self.folder / "restricted" / "landing", expected),
            ["VARCHAR[]"],
            "VARCHAR[]",
            side_effects=True,
        )
        conn.create_function(
            "alerts_wanted", lambda: bool(webhook()), [], "BOOLEAN", side_effects=True
        )
        conn.create_function(
            "stopped_runs",
            lambda: stopped_runs(self.folder),
            [],
            "VARCHAR[]",
            side_effects=True,
        )
        conn.create_function("end_alerts", self.stopped.end, [], "BOOLEAN", side_effects=True)
        conn.create_function(
            "post_alerts",
            lambda alerts: post(webhook(), lines_of(json.loads(alerts))).error,
            ["VARCHAR"],
            "VARCHAR",
            side_effects=True,
        )
        conn.create_function(
            "rewrite_done",
            lambda: rewrite_done(self.folder),
            [],
            "BOOLEAN",
            side_effects=True,
        )
        conn.create_function(
            "open_to_readers",
            lambda is_masked: open_to_readers(self.folder, is_masked),
            ["BOOLEAN"],
            "BOOLEAN",
            side_effects=True,
        )
        conn.create_function("file_state", file_state, ["VARCHAR"], "VARCHAR", side_effects=True)

    def configure_cursor(self, cursor: Any) -> None:
        """Give each cursor the secret and the id of the run as session variables."""
        values = {
            "pii_pepper": self.pepper,
            "forgotten_pepper": self.list_pepper,
            "engine": self.engine,
            "run_id": get_invocation_id(),
            "warehouse_folder": str(self.folder),
        }
        cursor.execute(
            "".join(f"set variable {name} = {quoted(value)};" for name, value in values.items())
        )


def file_state(path: str) -> str:
    """Size and time of the last write of a file, 'none' where there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return "none"
    return f"{found.st_size} {found.st_mtime_ns}"
