"""The lake: DuckDB computes, DuckLake stores.

Two lakes, `restricted` and `analytics`, each a catalog and a folder of Parquet files. The catalogs
are schemas of one PostgreSQL database, or files where no server is named. One process writes at a
time, which a lock in the catalog sees to; any number reads, at the snapshot that was published.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from benefits_warehouse.runtime.extensions import load_extension
from benefits_warehouse.sql import identifier, quoted
from benefits_warehouse.whole_files import PRIVATE_FILE, PRIVATE_FOLDER, PUBLIC_FILE, PUBLIC_FOLDER

CATALOG = "BENEFITS_LAKE_CATALOG"  # connection string of PostgreSQL; empty: files beside the data
DATA = "BENEFITS_LAKE_DATA"  # a folder, or s3://bucket/path; empty: `lake` in the warehouse folder
LAKES = ("restricted", "analytics")
# Key of the advisory lock of writers; any number that other programs on the server don't use.
LOCK = 7_203_190_154

# Connections that hold a lock, to the end of the process or to release_writers.
_writers: list[duckdb.DuckDBPyConnection] = []


def is_on_server() -> bool:
    """Whether the catalogs are in PostgreSQL."""
    return bool(os.environ.get(CATALOG))


def data_place(folder: Path, name: str) -> str:
    """Where the Parquet files of a lake are: a folder, or a path of a bucket.

    Args:
        folder: the warehouse folder.
        name: restricted or analytics.
    """
    place = os.environ.get(DATA) or str(folder / "lake")
    return f"{place.rstrip('/')}/{name}/"


def catalog_file(folder: Path, name: str) -> Path:
    """The file of a catalog where no server has it."""
    return folder / "lake" / f"{name}.ducklake"


def load_lake(connection: duckdb.DuckDBPyConnection) -> None:
    """Load what reads and writes lakes.

    Raises:
        RuntimeError: a Python package is missing.
    """
    why = "The target lake needs"
    load_extension(connection, "ducklake", why)
    if is_on_server():
        load_extension(connection, "postgres_scanner", why)
    if os.environ.get(DATA, "").startswith("s3:"):
        load_extension(connection, "httpfs", why)
        connection.execute(
            "create or replace secret lake (type s3"
            + "".join(
                f", {name} {quoted(os.environ[variable])}"
                for name, variable in {
                    "key_id": "AWS_ACCESS_KEY_ID",
                    "secret": "AWS_SECRET_ACCESS_KEY",
                    "session_token": "AWS_SESSION_TOKEN",
                    "region": "AWS_REGION",
                    "endpoint": "BENEFITS_LAKE_S3_ENDPOINT",
                    "use_ssl": "BENEFITS_LAKE_S3_USE_SSL",
                    "url_style": "BENEFITS_LAKE_S3_URL_STYLE",
                }.items()
                if os.environ.get(variable)
            )
            + ")"
        )


def attach_lake(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    snapshot: int | None = None,
    is_reader: bool = False,
) -> None:
    """Attach a lake under its name.

    Args:
        connection: DuckDB connection, see load_lake.
        folder: the warehouse folder.
        name: restricted or analytics.
        snapshot: number of the snapshot to read.
        is_reader: nothing is to be written.
    """
    options = [f"data_path {quoted(data_place(folder, name))}", "data_inlining_row_limit 0"]
    if is_on_server():
        place = f"ducklake:postgres:{os.environ[CATALOG]}"
        options.append(f"metadata_schema {quoted(f'benefits_{name}')}")
    else:
        place = f"ducklake:{catalog_file(folder, name)}"
    if is_reader:
        options.append("read_only")
    if snapshot is not None:
        options.append(f"snapshot_version {snapshot}")
    connection.execute(
        f"attach if not exists {quoted(place)} as {identifier(name)} ({', '.join(options)})"
    )


def make_lake(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Attach both lakes to be written, and make what is missing of them.

    Args:
        connection: DuckDB connection.
        folder: the warehouse folder.

    Raises:
        RuntimeError: a Python package is missing, or another process writes.
    """
    load_lake(connection)
    (folder / "lake").mkdir(mode=PUBLIC_FOLDER, exist_ok=True)
    (folder / "lake").chmod(PUBLIC_FOLDER)
    for name in LAKES:
        place = data_place(folder, name)
        if "://" not in place:
            path = Path(place)
            path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            path.chmod(PRIVATE_FOLDER if name == "restricted" else PUBLIC_FOLDER)
    lock_catalog()
    for name in LAKES:
        attach_lake(connection, folder, name)
    if not is_on_server():
        catalog_file(folder, "restricted").chmod(PRIVATE_FILE)


def lock_catalog() -> None:
    """Be the one who writes, or say that another process is; on files, these are locked anyway.

    The lock is that of a transaction of PostgreSQL, which ends with this process.

    Raises:
        RuntimeError: another process writes; nothing was changed.
    """
    if not is_on_server() or _writers:
        return
    connection = duckdb.connect()
    load_extension(connection, "postgres_scanner", "The target lake needs")
    connection.execute(f"attach {quoted(os.environ[CATALOG])} as catalog (type postgres)")
    connection.execute("begin")
    taken = connection.execute(
        f"from postgres_query('catalog', 'select pg_try_advisory_xact_lock({LOCK})')"
    ).fetchall()
    if not taken[0][0]:
        connection.close()
        raise RuntimeError(
            "Another process writes to this lake. Nothing was changed. Wait for it to end, or stop "
            "it, and run again."
        )
    _writers.append(connection)


def release_writers() -> None:
    """Give back the lock in the catalog (for programs that call dbt's runner and continue)."""
    while _writers:
        _writers.pop().close()


def open_to_readers(folder: Path) -> bool:
    """Give others the right to read the files of the analytics lake; macros call it.

    Args:
        folder: the warehouse folder.

    Returns:
        True.
    """
    place = data_place(folder, "analytics")
    if "://" not in place:
        for path in Path(place).rglob("*"):
            path.chmod(PUBLIC_FOLDER if path.is_dir() else PUBLIC_FILE)
    return True
