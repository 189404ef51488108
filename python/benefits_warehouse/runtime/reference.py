"""The folder of reference seeds: the project's own sample, or one of the user's, outside of it.

BENEFITS_REFERENCE_DIR names the user's. Its files take the place of those in seeds/reference, one
for one: same names, same columns. `make reference DIR=<folder>` makes such a folder.
"""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

VARIABLE = "BENEFITS_REFERENCE_DIR"
SAMPLE = Path(__file__).resolve().parents[3] / "seeds" / "reference"
# What says who the companies are is the user's own. Rules, spellings and headers of files are
# useful as they are shipped.
OF_COMPANIES = {"companies", "company_lookup", "enrichment_api_mock"}
REMEDY = f"`make reference DIR=<folder>` makes a whole one; unset {VARIABLE} for the sample"


def reference_folder() -> Path:
    """The folder that reference seeds are read from.

    Raises:
        RuntimeError: the variable is set, and blank; or what is in the folder would be waited for.
    """
    named = os.environ.get(VARIABLE)
    if named is None:
        return SAMPLE
    if not named.strip():
        raise RuntimeError(
            f"Nothing was changed. {VARIABLE} is set but blank: name the folder of your reference "
            "seeds in it, or unset it for the project's sample."
        )
    folder = Path(named)
    odd = [
        Path(parent, name)
        for parent, _, names in os.walk(folder)
        for name in sorted(names)
        if Path(parent, name).exists() and not Path(parent, name).is_file()
    ]
    if odd:
        raise RuntimeError(
            f"{odd[0]} is no regular file, but a pipe or a device: remove it from the folder of "
            f"{VARIABLE}. Nothing was changed."
        )
    return folder


def read_header(path: Path) -> list[str]:
    """The header of a seed; its lines are read to the end.

    Raises:
        ValueError: it is not text in columns; says in which line.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = csv.reader(file, strict=True)
        try:
            header = next(lines, [])
            for cells in lines:
                if cells and len(cells) != len(header):
                    raise ValueError(
                        f"line {lines.line_num} has {len(cells)} cells, the header {len(header)}"
                    )
        except UnicodeDecodeError:
            raise ValueError("it is not UTF-8: save it as CSV UTF-8") from None
        except csv.Error as error:
            raise ValueError(f"line {lines.line_num}: {error} (is a quote not closed?)") from None
    return header


def check_reference(folder: Path, sample: Path = SAMPLE) -> None:
    """Stop where a reference seed is missing, or is not what the project reads.

    Args:
        folder: of the seeds to be read.
        sample: of those that say which files and columns there must be.

    Raises:
        RuntimeError: with each file that is wrong and what to do.
    """
    if not folder.is_dir():
        raise RuntimeError(
            f"Nothing was changed. {VARIABLE} names {folder}, which is no folder. {REMEDY}."
        )
    problems = []
    for shipped in sorted(sample.glob("*.csv")):
        path = folder / shipped.name
        if not path.is_file():
            problems.append(f"{path} is missing: copy {shipped.name} of seeds/reference there")
            continue
        try:
            header = read_header(path)
        except ValueError as error:
            problems.append(f"{path}: {error}")
            continue
        wanted = read_header(shipped) if folder != sample else header
        if header != wanted:
            problems.append(
                f"{path} has the columns {','.join(header)}; they must be {','.join(wanted)}"
            )
    if problems:
        raise RuntimeError(f"Nothing was changed. Reference seeds: {'; '.join(problems)}.")


def make_reference(folder: Path, sample: Path = SAMPLE) -> list[str]:
    """Make a folder of reference seeds: what is of companies empty, the rest as it is shipped.

    Args:
        folder: to make, or to put files into; none of these may be there.
        sample: the shipped ones.

    Returns:
        Names of the files.

    Raises:
        FileExistsError: some are there; nothing is written.
    """
    shipped = sorted(sample.glob("*.csv"))
    there = [path.name for path in shipped if (folder / path.name).exists()]
    if there:
        raise FileExistsError(f"{folder} has {', '.join(there)} already: nothing was written")
    folder.mkdir(parents=True, exist_ok=True)
    for path in shipped:
        text = path.read_text()
        if path.stem in OF_COMPANIES:
            text = text.splitlines(keepends=True)[0]
        (folder / path.name).write_text(text)
    return [path.name for path in shipped]


def main(words: list[str]) -> int:
    """`make reference DIR=<folder>`."""
    if len(words) != 1 or not words[0].strip():
        print("Name the folder: make reference DIR=<folder>", file=sys.stderr)
        return 2
    folder = Path(words[0])
    try:
        names = make_reference(folder)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{folder}: {', '.join(names)}")
    print(f"Fill in {', '.join(sorted(OF_COMPANIES))}, and set {VARIABLE}={folder.resolve()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
