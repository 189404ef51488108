"""Lines that show a person that long work moves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

BEAT = 5.0  # seconds between two signs of life of one piece of work
LARGE_FILE = 200 << 20  # bytes; announced before it is read, since that takes seconds
WATCHED_FILE = 1 << 20  # bytes; a smaller one is read before a first sign of life is due


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)


@contextmanager
def every_beat(show: Callable[[], None]) -> Iterator[None]:
    """Within, a function is called every BEAT seconds, from a thread of its own.

    Args:
        show: called with nothing; it must not take long. It is not called after the block.
    """
    is_done = threading.Event()

    def run() -> None:
        while not is_done.wait(BEAT):
            show()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()


class FileProgress:
    """Lines about file after file: at most one a second, and none for a short load.

    Args:
        log: called with each line.
    """

    def __init__(self, log: Callable[[str], None]) -> None:
        self.log = log
        self.shown = time.monotonic()
        self.work = ""
        self.number = self.count = 0

    def start(self, work: str, count: int) -> None:
        """Begin a piece of work, such as a feed, on so many files.

        Args:
            work: what it is called, such as landing and the feed.
            count: files to look at.
        """
        self.work, self.number, self.count = work, 0, count

    def begin(self, name: str, size: int) -> None:
        """Announce a file (size in bytes) that will take long by itself."""
        self.number += 1
        self.count = max(self.count, self.number)
        if size > LARGE_FILE:
            self.show(name, f"reading {size / 1e9:.1f} GB")

    def end(self, name: str, result: str) -> None:
        """Show what became of a file, unless a line was shown just now."""
        if time.monotonic() - self.shown >= 1:
            self.show(name, result)

    @contextmanager
    def watch(self, name: str, size: int, *written: Path) -> Iterator[None]:
        """Within, show at every beat for how long a file is worked on, and how far it is.

        Reading happens in the engine or in one loop, neither of which can be asked; what they have
        written by now tells that they move.

        Args:
            name: name of the file.
            size: its size in bytes.
            written: what is written from it.
        """
        if size < WATCHED_FILE:
            yield
            return
        began = time.monotonic()
        with every_beat(lambda: self.show(name, how_far(size, time.monotonic() - began, written))):
            yield

    def show(self, name: str, what: str) -> None:
        """Show one line."""
        self.log(f"{self.work}: file {self.number} of {self.count}, {name}: {what}")
        self.shown = time.monotonic()


def how_far(size: int, seconds: float, written: Sequence[Path]) -> str:
    """How far the work on a file is.

    Args:
        size: its size in bytes.
        seconds: since the work on it began.
        written: what is written from it; a file that is not there counts nothing.

    Returns:
        Words with its size, the seconds and the bytes written so far.
    """
    done = 0
    for path in written:
        with suppress(FileNotFoundError):
            done += path.stat().st_size
    return f"{size / 1e6:,.0f} MB, {seconds:.0f} s, {done / 1e6:,.0f} MB written so far"
