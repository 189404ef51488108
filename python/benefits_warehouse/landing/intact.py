"""Are the landed files still what was landed?

Landed Parquet files are what everything else is built from, and nobody writes to them but landing
and erasure. Each is noted with its size, the time of its last write and its SHA-256 in
`restricted/landed_files.jsonl`, a line a file; the last line of a file counts. A run looks at
size and time first, so that its cost does not follow the bytes of history, and reads a file again
only where these differ, as after a backup was put back. A file without a note is taken as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from benefits_warehouse.landing.files import file_hash

NOTES = "landed_files.jsonl"

State = tuple[int, int]  # size in bytes, time of the last write in nanoseconds since 1970


def state_of(path: Path) -> State:
    """Size and time of the last write of a file."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def read_notes(folder: Path) -> dict[str, tuple[State, str]]:
    """What is noted of the files: state and SHA-256 by path.

    Args:
        folder: `<warehouse>/restricted/landing`.
    """
    notes = {}
    path = folder.parent / NOTES
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            name, size, modified_ns, digest = json.loads(line)
        except ValueError:  # cut off by a kill
            continue
        notes[name] = ((size, modified_ns), digest)
    return notes


def damaged(folder: Path, expected: Iterable[str]) -> list[str]:
    """The landed files that are missing or not what was landed, in words.

    Args:
        folder: `<warehouse>/restricted/landing`.
        expected: paths of the files that the ledger names, relative to the folder.

    Returns:
        "<path> is missing" or "<path> has changed"; new files are noted on the way.
    """
    notes = read_notes(folder)
    problems, lines = [], []
    for name in expected:
        path = folder / name
        try:
            state = state_of(path)
        except FileNotFoundError:
            problems.append(f"{name} is missing")
            continue
        noted = notes.get(name)
        if noted is None or noted[0] != state:
            digest = file_hash(path)
            if noted is not None and noted[1] != digest:
                problems.append(f"{name} has changed")
                continue
            lines.append((name, *state, digest))
    add_notes(folder, lines)
    return problems


def note(folder: Path, *paths: Path) -> None:
    """Note files that were just landed, as they are.

    Args:
        folder: `<warehouse>/restricted/landing`.
        paths: files in it.
    """
    add_notes(
        folder,
        [(path.relative_to(folder).as_posix(), *state_of(path), file_hash(path)) for path in paths],
    )


def add_notes(folder: Path, notes: Iterable[tuple[str, int, int, str]]) -> None:
    """Append notes, each between two line breaks, so that a torn one spoils no other."""
    lines = [f"\n{json.dumps(entry)}\n" for entry in notes]
    if lines:
        with (folder.parent / NOTES).open("a") as file:
            file.write("".join(lines))


def forget_notes(folder: Path) -> None:
    """Drop all notes, since landed files are about to be changed for good reason.

    Args:
        folder: `<warehouse>/restricted/landing`.
    """
    (folder.parent / NOTES).unlink(missing_ok=True)
