"""A copy of a database file that costs what changed in it, not what is in it.

Where the file system can share blocks between files (btrfs, XFS), it does. Elsewhere the file that
was published before the present one is brought up to date: DuckDB begins each block with a checksum
of it, so that only blocks with another one are written. That file has no name that readers know;
where one of them has it open still, or anything is not as expected, the whole file is copied.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import struct
from pathlib import Path

from benefits_warehouse.whole_files import PRIVATE_FILE, beside, finish_file, write_text

FORMER = "former.duckdb"  # in .build: what was published before, for the next copy to begin with
NOT_KEPT = "not_kept"  # in .build: number of a published file that never becomes FORMER
MAGIC = (8, b"DUCK")  # of a DuckDB file: offset and bytes
HEADERS = 3 * 4096  # bytes before the first block
BLOCK_SIZE = 4096 + 40  # where the first of the two headers says how long a block is
FICLONE = 0x40049409  # ioctl of Linux: let a file share the blocks of another


def copy_beside(source: str, target: str) -> str:
    """Copy a database file into the folder of its goal, to be finished there; macros call it.

    Args:
        source: path of the file, which nobody writes to meanwhile; its folder keeps FORMER.
        target: path to publish at; its folder is made when missing.

    Returns:
        Path of the copy, closed to others; the next run removes it if this one dies.
    """
    goal, former = Path(target), Path(source).with_name(FORMER)
    goal.parent.mkdir(parents=True, exist_ok=True)
    part = beside(goal, os.getpid())
    part.unlink(missing_ok=True)
    if shares_blocks(Path(source), part):
        former.unlink(missing_ok=True)
        return str(part)
    # A former that is published still is of a run that did not come to publish.
    if former.exists() and not (goal.exists() and former.samefile(goal)):
        former.rename(part)  # what a killed run leaves half way is never begun with again
        if not brought_up_to_date(Path(source), part):
            part.unlink()
    if not part.exists():
        shutil.copyfile(source, part)
        part.chmod(PRIVATE_FILE)
    former.unlink(missing_ok=True)
    if goal.exists() and may_be_kept(goal, former.parent):
        with contextlib.suppress(OSError):  # no links here: the next copy is a whole one
            os.link(goal, former)
    return str(part)


def finish_copy(part: str, target: str, is_masked: bool) -> int:
    """Publish a copy, see finish_file, and close what was published before; macros call it.

    Args:
        part: path of the copy.
        target: path to publish at.
        is_masked: it holds no clear value of a person.

    Returns:
        The size of the file in bytes.
    """
    size = finish_file(part, target, is_masked)
    former = Path(target).parent / ".build" / FORMER
    if former.exists() and not former.samefile(target):
        former.chmod(PRIVATE_FILE)
    return size


def keep_no_former(folder: Path) -> None:
    """See to it that what is published now, which may hold what is to go, does not stay as FORMER.

    Args:
        folder: the warehouse folder.
    """
    (folder / ".build" / FORMER).unlink(missing_ok=True)
    published = folder / "analytics.duckdb"
    if published.exists():
        write_text(folder / ".build" / NOT_KEPT, str(published.stat().st_ino), PRIVATE_FILE)


def may_be_kept(published: Path, folder: Path) -> bool:
    """Whether a published file may become FORMER, see keep_no_former.

    Args:
        published: the file.
        folder: the folder .build of the warehouse.
    """
    note = folder / NOT_KEPT
    return not note.exists() or note.read_text() != str(published.stat().st_ino)


def shares_blocks(source: Path, part: Path) -> bool:
    """Let a new file share all blocks of another; False, and no file, where that can't be."""
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with source.open("rb") as file:
            fcntl.ioctl(handle, FICLONE, file.fileno())
    except OSError:
        part.unlink()
        return False
    finally:
        os.close(handle)
    return True


def brought_up_to_date(source: Path, former: Path) -> bool:
    """Make a former copy of a database file what that file is now.

    Args:
        source: the file.
        former: the copy; it is written to.

    Returns:
        False where it was left as it is, or half way: somebody has it open, or one of the two is
        not what this knows how to compare.
    """
    former.chmod(PRIVATE_FILE)
    with source.open("rb") as new, former.open("r+b") as old:
        if is_open_elsewhere(old.fileno()):
            return False
        size = block_size(new.fileno())
        if not size or size != block_size(old.fileno()):
            return False
        length = os.fstat(new.fileno()).st_size
        known = os.fstat(old.fileno()).st_size
        write_at(old.fileno(), os.pread(new.fileno(), HEADERS, 0), 0)
        for place in range(HEADERS, length, size):
            checksum = os.pread(new.fileno(), 8, place)
            if place + size > known or checksum != os.pread(old.fileno(), 8, place):
                write_at(old.fileno(), os.pread(new.fileno(), size, place), place)
        os.ftruncate(old.fileno(), length)
    return True


def write_at(handle: int, content: bytes, place: int) -> None:
    """Write all of it, however much the system takes at once."""
    while content:
        written = os.pwrite(handle, content, place)
        content, place = content[written:], place + written


def is_open_elsewhere(handle: int) -> bool:
    """Whether anybody else has a file open, or the system can't say.

    Linux gives a lease for writing only to the one who has the file open alone.
    """
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except (OSError, AttributeError):
        return True
    return False


def block_size(handle: int) -> int:
    """Bytes of a block of a DuckDB file; 0 where it is none, or does not end with a whole block."""
    offset, magic = MAGIC
    (size,) = struct.unpack("<Q", os.pread(handle, 8, BLOCK_SIZE).ljust(8, b"\0"))
    is_known = os.pread(handle, len(magic), offset) == magic and 4096 <= size <= 1 << 24
    length = os.fstat(handle).st_size - HEADERS
    return int(size) if is_known and length % size == 0 else 0
