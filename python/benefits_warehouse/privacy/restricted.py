"""Opening the restricted database: plain, or encrypted with a key from the environment."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import duckdb

from benefits_warehouse.runtime.database_copy import keep_no_former
from benefits_warehouse.runtime.extensions import load_extension
from benefits_warehouse.runtime.lake import (
    LAKES,
    catalog_file,
    compact_catalog,
    is_lake,
    is_on_server,
    make_lake,
    release_writers,
    write_anew,
)
from benefits_warehouse.sql import quoted
from benefits_warehouse.whole_files import PRIVATE_FILE, replacing, write_text

KEY = "DBT_ENV_SECRET_RESTRICTED_KEY"
SHORTEST_KEY = 16
# As in profiles.yml: readers of 1.4 and later may open analytics, only this project the other.
PUBLISHED_STORAGE, STORAGE = "v1.4.0", "v1.5.0"
REWRITE = "rewrite"  # a note in .build, see ask_for_rewrite


def restricted_key(name: str = KEY) -> str:
    """The key of the restricted database, '' where it is not encrypted.

    Args:
        name: environment variable that holds it.

    Raises:
        RuntimeError: the key is set, but too short to keep anything secret.
    """
    key = os.environ.get(name, "")
    if key and len(key.strip()) < SHORTEST_KEY:
        raise RuntimeError(
            f"{name} must have at least {SHORTEST_KEY} characters (openssl rand -hex 32), or be "
            "unset, to work without encryption. Nothing was changed."
        )
    return key


def load_crypto(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the extension that DuckDB writes encrypted files with, from its Python package.

    Raises:
        RuntimeError: the package is not installed, or is of another DuckDB version.
    """
    load_extension(
        connection,
        "httpfs",
        f"{KEY} is set, and encryption needs what `make setup` installs where PyPI has it for this "
        "DuckDB,",
    )


def attach_restricted(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    alias: str = "restricted",
    key: str | None = None,
) -> None:
    """Attach the restricted database, or make it; the key stands in no log and no setting.

    Args:
        connection: DuckDB connection.
        path: the database file.
        alias: name to attach it as.
        key: its key, '' for none; that of the environment by default.

    Raises:
        RuntimeError: key and file don't fit, with the remedy.
    """
    key = restricted_key() if key is None else key
    options = f"storage_version {quoted(STORAGE)}"
    if key:
        load_crypto(connection)
        connection.execute("set temp_file_encryption = true")
        options += f", encryption_key {quoted(key)}"
    try:
        connection.execute(f"attach if not exists {quoted(path)} as {alias} ({options})")
    except duckdb.Error as error:
        reason = explain(str(error), path)
        if reason is None:
            raise
        # Without the cause: DuckDB's own text may show the statement.
        raise RuntimeError(f"{reason} Nothing was changed.") from None


def explain(message: str, path: Path) -> str | None:
    """What to do about a file and a key that don't fit; None where that is not the matter.

    Args:
        message: what the engine says.
        path: the database file.
    """
    if "without a key" in message:
        return f"{path} is encrypted: set {KEY} to its key."
    if "is not encrypted" in message:
        return (
            f"{path} is not encrypted, but {KEY} is set: unset it, or encrypt the file once "
            "(make encrypt)."
        )
    if "ncryption key" in message:
        return f"{KEY} is not the key of {path}."
    return None


def attach_plain(connection: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
    """Attach a database that holds nothing personal."""
    connection.execute(
        f"attach {quoted(path)} as {alias} (storage_version {quoted(PUBLISHED_STORAGE)})"
    )


def rewrite(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    attach: Callable[[duckdb.DuckDBPyConnection, Path, str], None],
) -> None:
    """Replace a database by a copy of what is in it, so that no free block holds what is not.

    Args:
        connection: connection that has it attached by the name of the file; it is detached.
        path: the database file.
        attach: attaches such a file.
    """
    with replacing(path, PRIVATE_FILE) as fresh:
        fresh.with_name(f"{fresh.name}.wal").unlink(missing_ok=True)  # what a killed run left
        attach(connection, fresh, "fresh")
        connection.execute(f"copy from database {path.stem} to fresh")
        connection.execute("detach fresh")
        connection.execute(f"checkpoint {path.stem}")
        connection.execute(f"detach {path.stem}")
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def attach_working(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Attach the working databases of a warehouse, files or lakes, as restricted and analytics.

    Args:
        connection: DuckDB connection.
        folder: the warehouse folder.

    Raises:
        RuntimeError: key and file don't fit, or another process writes to the lake.
    """
    if is_lake(folder):
        make_lake(connection, folder)
        return
    attach_restricted(connection, folder / "restricted.duckdb")
    attach_plain(connection, folder / ".build" / "analytics.duckdb", "analytics")


def rewrite_working(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the working databases anew, so that nothing holds what is not in them; see rewrite.

    Args:
        connection: connection that has them attached; they are detached.
        folder: the warehouse folder.
    """
    if not is_lake(folder):
        rewrite(connection, folder / "restricted.duckdb", attach_restricted)
        rewrite(connection, folder / ".build" / "analytics.duckdb", attach_plain)
        return
    write_anew(connection)
    for name in LAKES:
        connection.execute(f"detach {name}")
    release_writers()  # its transaction would keep the server from dropping deleted rows
    for name in LAKES:
        if is_on_server():
            compact_catalog(name)
        else:
            attach_plain(connection, catalog_file(folder, name), name)
            rewrite(connection, catalog_file(folder, name), attach_plain)


def ask_for_rewrite(folder: Path) -> bool:
    """Note that free blocks of the working copy may hold what is not to be shown; macros call it.

    Args:
        folder: the warehouse folder.

    Returns:
        True.
    """
    note = folder / ".build" / REWRITE
    keep_no_former(folder)
    if not note.exists():
        write_text(note, "", PRIVATE_FILE)
    return True


def rewrite_asked_for(folder: Path) -> None:
    """Rewrite the working copy of analytics.duckdb where that was asked for.

    Args:
        folder: the warehouse folder; nobody has the working copy open.
    """
    note, working_copy = folder / ".build" / REWRITE, folder / ".build" / "analytics.duckdb"
    if note.exists() and working_copy.exists():
        with duckdb.connect(config={"temp_directory": str(folder / "restricted" / "tmp")}) as own:
            attach_plain(own, working_copy, "analytics")
            rewrite(own, working_copy, attach_plain)
    rewrite_done(folder)


def rewrite_done(folder: Path) -> bool:
    """Note that nothing holds any more what was not to be shown; macros call it.

    Args:
        folder: the warehouse folder.

    Returns:
        True.
    """
    (folder / ".build" / REWRITE).unlink(missing_ok=True)
    return True
