"""How landed rows are written: Parquet files that stand alone, for this engine and for others.

A file of a feed has the lineage of each row, its number in the delivered file (source_row), every
column of the contract as text, and of an e-mail address its keyed token (`<column>_token`, as macro
person_token makes it), so that no other engine needs to see the key. `landed_format` is the version
of all this. An empty file beside them, contract.parquet, says in its metadata which version and
which pepper the files of the folder have; where that is another one, they are written anew, once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb

from benefits_warehouse.landing.contract import LINEAGE, Feed
from benefits_warehouse.landing.intact import note
from benefits_warehouse.privacy.names import email_token_sql
from benefits_warehouse.sql import file_order, identifier, only_row, quoted
from benefits_warehouse.whole_files import PRIVATE_FILE, replacing

FORMAT = 2  # 1 had neither tokens nor, in delta feeds, source_row
PARQUET = "format parquet, parquet_version v2"  # a sixth smaller than v1, and no slower


def tokens_of(feed: Feed) -> dict[str, str]:
    """The columns of tokens of a feed, each with its SQL over the delivered text."""
    return {f"{column}_token": email_token_sql(identifier(column)) for column in feed.emails}


def landed_types(feed: Feed) -> dict[str, str]:
    """The columns of a feed's landed files, each with its DuckDB type, in their order."""
    columns = [*feed.columns, *tokens_of(feed)]
    return {**LINEAGE, **dict.fromkeys(columns, "varchar")}


def rows_to_land(
    feed: Feed, rows: str, known: Sequence[str], place: str = "file_row_number + 1"
) -> str:
    """SQL of rows as they are landed.

    Args:
        feed: the feed.
        rows: SQL of the rows, with file_row_number.
        known: their columns; one that an older version did not write is null.
        place: SQL of source_row.
    """
    made = {**tokens_of(feed), "source_row": place, "landed_format": str(FORMAT)}
    values = {
        name: made.get(name) or (identifier(name) if name in known else "null")
        for name in landed_types(feed)
    }
    columns = ", ".join(
        f"({value})::{kind} as {identifier(name)}"
        for (name, value), kind in zip(values.items(), landed_types(feed).values(), strict=True)
    )
    return f"select {columns} from {rows}"


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    files: Sequence[Path],
    goal: Path,
    condition: str = "true",
) -> None:
    """Write what parts were read into as a landed file, in the order of the delivered rows.

    Args:
        connection: DuckDB connection; the pepper is its variable.
        feed: the feed.
        files: Parquet files of parts.
        goal: Parquet file to write.
        condition: SQL, which of the rows are landed.
    """
    paths = ", ".join(map(quoted, files))
    rows = f"read_parquet([{paths}], file_row_number = true) where {condition}"
    query = rows_to_land(feed, rows, list(landed_types(feed)))
    with file_order(connection):
        connection.execute(f"copy ({query}) to {quoted(goal)} ({PARQUET})")


def write_contract(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    types: Mapping[str, str],
    state: Mapping[str, str] | None = None,
) -> None:
    """An empty Parquet file with the contract's columns, so that a glob is never empty.

    Args:
        connection: DuckDB connection.
        folder: of the feed.
        types: column to DuckDB type, in their order.
        state: what the metadata say of the files of the folder, see state_of.
    """
    path = folder / "contract.parquet"
    written = connection.sql(f"from {quoted(path)}").columns if path.exists() else []
    if written == list(types) and told_state(connection, folder) == (state or {}):
        return  # else a column was added to the feed since
    folder.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"null::{kind} as {identifier(name)}" for name, kind in types.items())
    told = ", ".join(f"{name}: {quoted(value)}" for name, value in (state or {}).items())
    metadata = f", kv_metadata {{{told}}}" if told else ""
    with replacing(path) as part:
        connection.execute(
            f"copy (select {columns} where false) to {quoted(part)} (format parquet{metadata})"
        )


def told_state(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, str]:
    """What contract.parquet says of the landed files of a folder; nothing where there is none."""
    path = folder / "contract.parquet"
    if not path.exists():
        return {}
    rows = connection.execute(
        f"select decode(key), decode(value) from parquet_kv_metadata({quoted(path)})"
    ).fetchall()
    return {key: value for key, value in rows if key in ("landed_format", "pepper")}


def state_of(connection: duckdb.DuckDBPyConnection, feed: Feed) -> dict[str, str]:
    """What the landed files of a feed have to be: the format, and a digest of the tokens' pepper.

    Args:
        connection: DuckDB connection; the pepper is its variable.
        feed: the feed.
    """
    state = {"landed_format": str(FORMAT)}
    if tokens_of(feed):
        (digest,) = only_row(
            connection, "select left(sha256('landed' || getvariable('pii_pepper')), 16)"
        )
        state["pepper"] = str(digest)
    return state


def bring_up_to_date(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    feed: Feed,
    log: Callable[[str], None],
) -> None:
    """Write the landed files of a feed anew that another version wrote, or with another pepper.

    Each file is its old or its new self at every moment; what a kill leaves undone the next run
    does.

    Args:
        connection: DuckDB connection; the pepper is its variable.
        landing: `<warehouse>/restricted/landing`.
        feed: the feed.
        log: called with one line of progress.
    """
    folder, state = landing / feed.source / feed.name, state_of(connection, feed)
    files = sorted(folder.glob("*-*.parquet"))
    if files and told_state(connection, folder) != state:
        log(
            f"{feed.source}.{feed.name}: the format of landed files, or the pepper, is another "
            f"one; {len(files)} are written anew"
        )
        for path in files:
            known = connection.sql(f"from {quoted(path)}").columns
            place = "file_row_number + 1"
            if "source_row" in known:  # of a snapshot, and null where a row records an absence
                place = f"if(change = 'upsert', coalesce(source_row, {place}), source_row)"
            rows = f"read_parquet({quoted(path)}, file_row_number = true)"
            with replacing(path, PRIVATE_FILE) as part, file_order(connection):
                connection.execute(
                    f"copy ({rows_to_land(feed, rows, known, place)}) to {quoted(part)} ({PARQUET})"
                )
            note(landing, path)
    write_contract(connection, folder, landed_types(feed), state)
