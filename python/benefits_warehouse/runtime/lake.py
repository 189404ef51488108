"""The lake: DuckDB computes, DuckLake stores.

Two lakes, `restricted` and `analytics`, each a catalog and a folder of Parquet files. The catalogs
are schemas of one PostgreSQL database, or files where no server is named. One process writes at a
time, which a lock in the catalog sees to; any number reads, at the snapshot that was published.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from benefits_warehouse.runtime.extensions import load_extension
from benefits_warehouse.sql import identifier, quoted
from benefits_warehouse.whole_files import PRIVATE_FILE, PRIVATE_FOLDER, PUBLIC_FILE, PUBLIC_FOLDER

CATALOG = "BENEFITS_LAKE_CATALOG"  # connection string of PostgreSQL; empty: files beside the data
DATA = "BENEFITS_LAKE_DATA"  # a folder, or s3://bucket/path; empty: `lake` in the warehouse folder
LAKES = ("restricted", "analytics")
IN_USE = "in_use"  # in `lake`: the warehouse is a lake, and no move into one is half done
# Key of the advisory lock of writers; any number that other programs on the server don't use.
LOCK = 7_203_190_154

# Connections that hold a lock, to the end of the process or to release_writers.
_writers: list[duckdb.DuckDBPyConnection] = []


def is_lake(folder: Path) -> bool:
    """Whether a warehouse is a lake: what its first build of target lake made it.

    Args:
        folder: the warehouse folder.
    """
    return (folder / "lake" / IN_USE).exists()


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
    alias: str = "",
) -> None:
    """Attach a lake: to be written, or to be read under an alias.

    Args:
        connection: DuckDB connection, see load_lake.
        folder: the warehouse folder.
        name: restricted or analytics.
        snapshot: number of the snapshot to read.
        alias: name to attach it by, of a reader.
    """
    options = [f"data_path {quoted(data_place(folder, name))}", "data_inlining_row_limit 0"]
    if is_on_server():
        place = f"ducklake:postgres:{os.environ[CATALOG]}"
        options.append(f"metadata_schema {quoted(f'benefits_{name}')}")
    else:
        place = f"ducklake:{catalog_file(folder, name)}"
    if alias:
        options.append("read_only")
    if snapshot is not None:
        options.append(f"snapshot_version {snapshot}")
    attach_quietly(connection, place, f"as {identifier(alias or name)} ({', '.join(options)})")


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


def take_in_use(folder: Path) -> None:
    """Let a warehouse be a lake from now on.

    Args:
        folder: the warehouse folder.
    """
    (folder / "lake" / IN_USE).touch(PUBLIC_FILE)
    (folder / "lake" / IN_USE).chmod(PUBLIC_FILE)


def without_catalog(text: str) -> str:
    """A message of the engine without the connection string, which may hold a password.

    Args:
        text: the message.
    """
    catalog = os.environ.get(CATALOG)
    return text.replace(catalog, f"(what {CATALOG} says)") if catalog else text


def attach_quietly(connection: duckdb.DuckDBPyConnection, place: str, how: str) -> None:
    """Attach a database by a connection string that no message may show.

    Args:
        connection: DuckDB connection.
        place: the connection string.
        how: the rest of the SQL, from `as` on.

    Raises:
        RuntimeError: it can't be attached.
    """
    try:
        connection.execute(f"attach if not exists {quoted(place)} {how}")
    except duckdb.Error as error:
        raise RuntimeError(f"{without_catalog(str(error))} Nothing was changed.") from None


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
    attach_quietly(connection, os.environ[CATALOG], "as catalog (type postgres)")
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


def open_to_readers(folder: Path, is_masked: bool) -> bool:
    """Give others the right to read the files of the analytics lake, or take it; macros call it.

    Rights to a bucket, or to the schema of a server, are for their administrators to give.

    Args:
        folder: the warehouse folder.
        is_masked: it holds no clear value of a person.

    Returns:
        True.
    """
    for_files, for_folders = PUBLIC_FILE, PUBLIC_FOLDER
    if not is_masked:
        for_files, for_folders = PRIVATE_FILE, PRIVATE_FOLDER
    place = data_place(folder, "analytics")
    if "://" not in place:
        for path in (Path(place), *Path(place).rglob("*")):
            path.chmod(for_folders if path.is_dir() else for_files)
    if not is_on_server():
        catalog_file(folder, "analytics").chmod(for_files)
    return True


def attach_published(
    connection: duckdb.DuckDBPyConnection, folder: Path, alias: str = "analytics"
) -> None:
    """Attach what was published last, to be read: a file, or a snapshot of a lake.

    Args:
        connection: DuckDB connection.
        folder: the warehouse folder.
        alias: name to attach it by.

    Raises:
        RuntimeError: a Python package is missing, or a lake has published nothing.
    """
    if not is_lake(folder):
        path = quoted(folder / "analytics.duckdb")
        connection.execute(f"attach {path} as {identifier(alias)} (read_only)")
        return
    load_lake(connection)
    attach_lake(connection, folder, "analytics", alias=alias)
    ((snapshot,),) = connection.execute(
        f"select max(snapshot_id) from ducklake_snapshots({quoted(alias)}) "
        "where commit_message = 'published'"
    ).fetchall()
    if snapshot is None:
        raise RuntimeError("This lake has published nothing: run dbt build --target lake.")
    connection.execute(f"detach {identifier(alias)}")
    attach_lake(connection, folder, "analytics", int(snapshot), alias)


def open_published(
    path: Path, config: Mapping[str, Any] | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection to what was published last, its schemas in reach without the database's name.

    Args:
        path: `<warehouse>/analytics.duckdb`, which a lake does not have.
        config: settings of DuckDB.

    Raises:
        RuntimeError: see attach_published.
    """
    if not is_lake(path.parent):
        return duckdb.connect(str(path), read_only=True, config=dict(config or {}))
    # Its Parquet files are outside of the database, so this may not be shut off.
    left = {name: kept for name, kept in (config or {}).items() if "external" not in name}
    connection = duckdb.connect(config=left)
    attach_published(connection, path.parent)
    connection.execute("use analytics")
    return connection


def write_anew(connection: duckdb.DuckDBPyConnection) -> None:
    """Make each table of both lakes anew, and forget all that was: snapshots, files, statistics.

    What was published is gone, too, until the next build publishes again.

    A catalog keeps the least and the greatest value of each column of a table for as long as the
    table lives, so it is not enough to write its files anew.

    Args:
        connection: DuckDB connection with both lakes attached.
    """
    for lake, schema, table, comment in connection.execute(
        "select database_name, schema_name, table_name, comment from duckdb_tables() "
        "where list_contains(?, database_name)",
        [list(LAKES)],
    ).fetchall():
        place = (lake, schema, table)
        copy_table(connection, ".".join(map(identifier, place)), place, comment)
    for lake in LAKES:
        name = quoted(lake)
        connection.execute(f"call ducklake_expire_snapshots({name}, older_than => now())")
        connection.execute(f"call ducklake_cleanup_old_files({name}, cleanup_all => true)")
        connection.execute(f"call ducklake_delete_orphaned_files({name}, cleanup_all => true)")


def copy_table(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    place: tuple[str, str, str],
    comment: str | None,
) -> None:
    """Make a table of a lake from another one, with its comment and what may not be null.

    Args:
        connection: DuckDB connection.
        source: SQL name of the table; it may be the one that is made.
        place: lake, schema and name of the table to make.
        comment: its comment, which says what it was built from.
    """
    *schema, table = map(identifier, place)
    goal, fresh = (".".join([*schema, name]) for name in (table, '"fresh"'))
    columns = ", ".join(
        f"{identifier(name)} {kind}{' not null' * (nullable == 'NO')}"
        for name, kind, nullable, *_ in connection.execute(f"describe {source}").fetchall()
    )
    # A lake can't be told afterwards that a column without a row is never null.
    connection.execute(f"create or replace table {fresh} ({columns})")
    if parts := partitions_of(connection, place):
        connection.execute(f"alter table {fresh} set partitioned by ({parts})")
    connection.execute(f"insert into {fresh} from {source}")
    connection.execute(f"drop table if exists {goal}")
    connection.execute(f"alter table {fresh} rename to {table}")
    if comment:
        connection.execute(f"comment on table {goal} is {quoted(comment)}")


def partitions_of(connection: duckdb.DuckDBPyConnection, place: tuple[str, str, str]) -> str:
    """SQL of what a table of a lake is partitioned by; empty where it is not, or not there yet.

    Args:
        connection: DuckDB connection with the lake attached.
        place: lake, schema and name of the table.
    """
    lake, schema, table = place
    catalog = f"__ducklake_metadata_{lake}" + f".benefits_{lake}" * is_on_server()
    rows = connection.execute(
        f"""select string_agg(
            if(transform = 'identity', column_name, transform || '(' || column_name || ')'),
            ', ' order by partition_key_index
        )
        from {catalog}.ducklake_schema as schemas
        inner join {catalog}.ducklake_table as tables using (schema_id)
        inner join {catalog}.ducklake_partition_info as partitions using (table_id)
        inner join {catalog}.ducklake_partition_column as parts using (partition_id, table_id)
        inner join {catalog}.ducklake_column as columns using (column_id, table_id)
        where schema_name = ? and table_name = ? and schemas.end_snapshot is null
            and tables.end_snapshot is null and partitions.end_snapshot is null
            and columns.end_snapshot is null""",
        [schema, table],
    ).fetchall()
    return rows[0][0] or ""


def compact_catalog(lake: str) -> None:
    """Have PostgreSQL write the tables of a catalog anew, without the rows that were deleted.

    Args:
        lake: restricted or analytics.
    """
    schema = f"benefits_{lake}"
    with duckdb.connect() as connection:
        load_extension(connection, "postgres_scanner", "The target lake needs")
        attach_quietly(connection, os.environ[CATALOG], "as catalog (type postgres)")
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'catalog' "
            "and schema_name = ?",
            [schema],
        ).fetchall()
        for (table,) in tables:
            connection.execute(
                "call postgres_execute('catalog', "
                + quoted(f"vacuum full {identifier(schema)}.{identifier(table)}")
                + ", use_transaction => false)"
            )
