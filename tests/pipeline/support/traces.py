"""Where a text stands in what a warehouse wrote: bytes of every file, and cells of packed ones."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
from conftest import Warehouse

from benefits_warehouse.privacy.restricted import attach_restricted


def spellings(text: str) -> list[bytes]:
    """Ways in which a text may stand in a file: any case, and base64 at each of three offsets."""
    forms = {text, text.lower(), text.upper()}
    found = [form.encode() for form in forms]
    for form in forms:
        for offset in range(3):
            packed = base64.b64encode(b"x" * offset + form.encode())
            found.append(packed[4 if offset else 0 : -4])
    return found


def cells_of(path: Path, key: str = "") -> Iterator[tuple[str, str]]:
    """(relation, row as JSON) of all that a Parquet or database file holds, unpacked.

    Args:
        path: the file.
        key: of an encrypted database.
    """
    with duckdb.connect() as connection:
        if path.suffix == ".parquet":
            relations = [f"read_parquet('{path}')"]
        else:
            if key:
                attach_restricted(connection, path, "found", key)
            else:
                connection.execute(f"attach '{path}' as found (read_only)")
            relations = [
                f'found."{schema}"."{table}"'
                for schema, table in connection.execute(
                    "select schema_name, table_name from duckdb_tables() "
                    "where database_name = 'found'"
                ).fetchall()
            ]
        for relation in relations:
            rows = connection.execute(f"select to_json(x)::varchar from {relation} as x").fetchall()
            yield from ((relation, row[0]) for row in rows)


def traces(
    warehouse: Warehouse, *texts: str, opened_with: Mapping[Path, str] | None = None
) -> set[str]:
    """Files and tables below the warehouse's folder, not the deliveries, that hold a text.

    Args:
        warehouse: where to look; no process may have its databases open.
        texts: what to look for.
        opened_with: keys of encrypted databases.
    """
    wanted = [form for text in texts for form in spellings(text)]
    found = set()
    for path in warehouse.folder.rglob("*"):
        if not path.is_file() or warehouse.zone in path.parents:
            continue
        content = path.read_bytes()
        name = str(path.relative_to(warehouse.folder))
        if any(form in content for form in wanted):
            found.add(name)
        if path.suffix in (".parquet", ".duckdb", ".ducklake"):
            found |= {
                f"{name} {place}"
                for place, text in cells_of(path, (opened_with or {}).get(path, ""))
                if any(form in text.encode() for form in wanted)
            }
    return found
