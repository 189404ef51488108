"""What the YAML beside the models declares, for tables whose rows Python makes.

dbt hands a Python model its settings, and not its columns; a command beside dbt has no graph. Both
read the one declaration here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast


@cache
def columns_of(folder: str, table: str) -> dict[str, str]:
    """The columns of a model, or of a table that is declared as a source.

    Args:
        folder: folder of models/ with the YAML that declares it, such as ops.
        table: name of the model or table.

    Returns:
        Column to DuckDB type, in the order declared.

    Raises:
        KeyError: there is no such table, or a column of it has no data_type.
    """
    tables: dict[str, Any] = {}
    for path in (PROJECT / "models" / folder).glob("_*.yml"):
        declared = yaml.load(path.read_text(encoding="utf-8"), Loader)
        for group in (declared, *declared.get("sources", ())):
            entries = (*group.get("models", ()), *group.get("tables", ()))
            tables |= {entry["name"]: entry.get("columns", ()) for entry in entries}
    return {column["name"]: column["data_type"] for column in tables[table]}
