"""Where each column comes from: `make lineage`, or with COLUMN=plan_gaps.gap_length_days in words.

dbt-colibri reads what `dbt docs generate` left in target/ and writes target/lineage/index.html, one
file that opens from disk. It follows columns through DuckDB's SQL (sqlglot) and needs two packages;
dbt-col-lineage needs a web server to show a graph, dbt-column-lineage-extractor shows none. Its own
environment, .venv-lineage, keeps sqlglot at the version that it was written for. Its statistics and
its look for newer versions are switched off.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SILENT = {
    "DO_NOT_TRACK": "1",
    "DISABLE_COLIBRI_TELEMETRY": "1",
    "DBT_COLIBRI_NO_VERSION_CHECK": "1",
}


def write_report(target: Path) -> Path:
    """Write the report beside the files that it is made from.

    Args:
        target: folder with manifest.json and catalog.json.

    Returns:
        Its folder.

    Raises:
        RuntimeError: when the tool fails, or can't follow some column; it names it.
    """
    folder = target / "lineage"
    errors = folder / "colibri-parsing-errors.json"
    errors.unlink(missing_ok=True)
    done = subprocess.run(
        [
            *(sys.executable, str(Path(sys.executable).with_name("colibri")), "generate"),
            *("--manifest", str(target / "manifest.json")),
            *("--catalog", str(target / "catalog.json")),
            *("--output-dir", str(folder)),
            *("--light", "--disable-telemetry"),
        ],
        env={**os.environ, **SILENT},
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    complaints = [line for line in said.splitlines() if "ERROR" in line]
    if done.returncode or complaints or errors.exists():
        raise RuntimeError("\n".join(complaints[:20]) or said[-2000:])
    return folder


def in_words(folder: Path, column: str) -> str:
    """The columns that a column is made from, each step up indented.

    Args:
        folder: of the report.
        column: model.column.

    Raises:
        RuntimeError: when there is no such column.
    """
    report = json.loads((folder / "colibri-manifest.json").read_text())
    parents = report["lineage"]["parents"]
    ids = {node_id.rpartition(".")[2]: node_id for node_id in report["nodes"]}
    model, _, name = column.partition(".")
    if name not in report["nodes"].get(ids.get(model, ""), {}).get("columns", {}):
        raise RuntimeError(f"There is no column {column}.")
    lines, seen = [column], set()

    def climb(node_id: str, name: str, depth: int) -> None:
        for source in parents.get(node_id, {}).get(name, []):
            step = (source["dbt_node"], source["column"])
            again = step in seen
            seen.add(step)
            shown = f"{step[0].rpartition('.')[2]}.{step[1]}"
            kind = source["lineage_type"] or ""
            lines.append(f"{'  ' * depth}{shown}  {kind}{', see above' if again else ''}")
            if not again:
                climb(*step, depth + 1)

    climb(ids[model], name, 1)
    return "\n".join(lines)


def main() -> int:
    """Write the report, and print the way of a column; 2 with a message where that fails."""
    target, *columns = sys.argv[1:]
    try:
        folder = write_report(Path(target))
        for column in columns:
            print(in_words(folder, column))
    except (RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{folder}/index.html: open it in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
