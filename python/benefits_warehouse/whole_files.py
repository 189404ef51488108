"""Files that are their old or their new self at any moment, whatever ends the process.

A file is written beside its goal, forced to the disk, and renamed to the goal. What a killed run
leaves beside a goal is hidden, and no pattern for data files finds it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
PUBLIC_FOLDER, PUBLIC_FILE = 0o755, 0o644


def beside(goal: Path, mark: object = "new") -> Path:
    """Where a file is written before it replaces its goal.

    Args:
        goal: path of the finished file.
        mark: tells it from others: the process id where several may write to the same goal.

    Returns:
        A hidden path in the same folder.
    """
    return goal.with_name(f".{goal.name}.{mark}")


def finish(part: Path, goal: Path, rights: int | None = None) -> None:
    """Force a finished file to the disk and rename it to its goal.

    Args:
        part: the file, in the folder of its goal.
        goal: what is there is replaced at once.
        rights: mode bits that it gets; None leaves those that it has.

    Raises:
        OSError: the disk is full or broken; the goal is as it was.
    """
    if rights is not None:
        os.chmod(part, rights)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(part, goal)


@contextlib.contextmanager
def replacing(goal: Path, rights: int | None = None, mark: object = "new") -> Iterator[Path]:
    """Within, a path to write to; at the end that file replaces the goal, unless an error came.

    Args:
        goal: path of the finished file.
        rights: mode bits of the finished file; None leaves what the umask gives.
        mark: see beside.
    """
    part = beside(goal, mark)
    part.unlink(missing_ok=True)  # what a killed run left
    try:
        yield part
        finish(part, goal, rights)
    finally:
        part.unlink(missing_ok=True)


def write_text(goal: Path, text: str, rights: int | None = None, mark: object = "new") -> None:
    """Replace a file by a text, as UTF-8 with line feeds; nobody else may read it while it grows.

    Args:
        goal: path of the file.
        text: all that it holds from now on.
        rights: mode bits, PRIVATE_FILE for what is restricted; None leaves what the umask gives.
        mark: see beside.
    """
    with replacing(goal, rights, mark) as part:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, rights or 0o666)
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)


def fresh_part(target: str) -> str:
    """Where a file is written before it replaces its goal; macros call it.

    Args:
        target: the goal.

    Returns:
        A path in the same folder at which nothing is: what a killed run left there is removed, and
        so is a link, so that nothing is written to where it leads.
    """
    part = beside(Path(target), "part")
    part.unlink(missing_ok=True)
    return str(part)


def refuse_links(folder: Path) -> None:
    """Refuse to work where a link stands in the place of a file or folder of ours.

    Args:
        folder: the warehouse folder, which may be a link itself.

    Raises:
        RuntimeError: names the link; nothing was changed.
    """
    ours = [folder / ".build", *folder.glob(".build/*"), *folder.glob("restricted*")]
    ours += [folder / "restricted" / name for name in ("tmp", "landing", "forgotten")]
    for path in ours:
        if path.is_symlink():
            raise RuntimeError(
                f"{path} is a link, so that what is written there would go elsewhere. Nothing was "
                "changed. Remove it; to keep a warehouse on another disk, link or name its whole "
                "folder (BENEFITS_DB_DIR)."
            )


def finish_file(part: str, target: str, is_masked: bool) -> int:
    """Rename a finished file to its goal, readable for others if it is masked; macros call it.

    Args:
        part: path of the file, in the folder of its goal.
        target: the goal; what is there is replaced at once.
        is_masked: it holds no clear value of a person.

    Returns:
        The size of the file in bytes.
    """
    finish(Path(part), Path(target), PUBLIC_FILE if is_masked else PRIVATE_FILE)
    return os.stat(target).st_size


def make_folder(path: str) -> bool:
    """Make a folder that others may read, when it is missing; macros call it.

    Returns:
        True where it was made.
    """
    folder = Path(path)
    if folder.is_dir():
        return False
    folder.mkdir(parents=True)
    folder.chmod(PUBLIC_FOLDER)
    return True
