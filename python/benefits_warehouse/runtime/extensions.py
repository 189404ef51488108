"""Extensions of DuckDB, loaded from their Python packages: nothing is downloaded at run time."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import duckdb

from benefits_warehouse.sql import quoted


def load_extension(connection: duckdb.DuckDBPyConnection, name: str, why: str) -> None:
    """Load an extension from its Python package.

    Args:
        connection: DuckDB connection.
        name: of the extension.
        why: what needs it, for the message.

    Raises:
        RuntimeError: the package is not installed, or is of another DuckDB version.
    """
    found = importlib.util.find_spec(f"duckdb_extension_{name}")
    folder = Path(found.origin).parent if found and found.origin else None
    path = folder and folder / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not path or not path.exists():
        package = f"duckdb-extension-{name.replace('_', '-')}"
        raise RuntimeError(
            f"{why} the Python package {package}=={duckdb.__version__}. Nothing was changed."
        )
    connection.execute(f"load {quoted(path)}")
