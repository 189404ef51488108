"""Are the dbt packages in a folder those that this project was tested with?

    python .ci/packages.py dbt_packages

A package is known by the SHA-256 of what dbt reads of it, see READ_BY_DBT. The digests
stand in packages.csv (package, version, sha256, note); a version whose exact release is not known
has a line for each state of its repository that it may be. Exit code 1, with a message, where a
package is another one: it was changed on its way.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from pathlib import Path

KNOWN = Path(__file__).with_name("packages.csv")
# Folders that dbt reads where dbt_project.yml names no others; a file more in one is a change.
READ_BY_DBT = ("macros", "models", "seeds", "snapshots", "tests", "analyses", "functions")


def digest(package: Path) -> str:
    """SHA-256 of the names and bytes of dbt_project.yml and of all files that dbt reads.

    Args:
        package: folder of the package.
    """
    found = hashlib.sha256()
    paths = [path for folder in READ_BY_DBT for path in (package / folder).rglob("*")]
    for path in sorted(path for path in [package / "dbt_project.yml", *paths] if path.is_file()):
        data = path.read_bytes()
        name = path.relative_to(package).as_posix()
        found.update(f"{name}\0{len(data)}\0".encode() + data)
    return found.hexdigest()


def problems(folder: Path) -> list[str]:
    """What is wrong with the packages in a folder.

    Args:
        folder: dbt_packages.
    """
    with KNOWN.open(newline="") as file:
        known = list(csv.DictReader(file))
    told = []
    for name in sorted({line["package"] for line in known}):
        wanted = {line["sha256"] for line in known if line["package"] == name}
        if not (folder / name / "dbt_project.yml").is_file():
            told.append(f"{name} is missing")
        elif (found := digest(folder / name)) not in wanted:
            told.append(f"{name} is not the package that this project knows: it has {found}")
    strangers = {path.name for path in folder.iterdir() if path.is_dir()}
    strangers -= {line["package"] for line in known}
    return told + [f"{name} is not known" for name in sorted(strangers)]


def main() -> int:
    """Check the folder that the command line names."""
    told = problems(Path(sys.argv[1]))
    for line in told:
        print(f"dbt packages: {line}", file=sys.stderr)
    if told:
        print(
            "Nothing of them is used. If a new version is wanted, look at it, and put its digest "
            f"into {KNOWN.parent.name}/{KNOWN.name}.",
            file=sys.stderr,
        )
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main())
