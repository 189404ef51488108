"""What the ledger says of a feed, and the lines that show a load move."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.landing.files import Part

LARGE_FILE = 200 << 20  # bytes; announced before it is read, since that takes seconds
WATCHED_FILE = 1 << 20  # bytes; a smaller one is read before a first sign of life is due
BEAT = 5.0  # seconds between two signs of life of one file


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)


class History:
    """What the ledger says of one feed, rows of this run included."""

    def __init__(self) -> None:
        self.newest: dict[str, Mapping[str, Any]] = {}
        self.loaded: dict[str, str] = {}
        self.current: list[Mapping[str, Any]] = []
        self.verdicts: set[tuple[Any, ...]] = set()

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row; rows come in the order of the ledger."""
        self.newest[row["file"]] = row
        self.verdicts.add(self.verdict(row))
        if row["status"] != "loaded":
            return
        self.loaded.setdefault(row["content_hash"], row["file"])
        if self.current and self.current[0]["load_id"] != row["load_id"]:
            self.current = []
        self.current.append(row)

    @staticmethod
    def verdict(row: Mapping[str, Any]) -> tuple[Any, ...]:
        """What makes a ledger row say something new about a file that was refused."""
        return row["file"], row["content_hash"], row["status"], row["reason"]

    def knows(self, part: Part) -> bool:
        """True for a file whose newest row shows it as it is now, so that it need not be read."""
        row = self.newest.get(part.file)
        return (
            row is not None
            and bool(row["content_hash"])
            and part.modified_ns is not None
            and (row["size"], row.get("modified_ns")) == (part.size, part.modified_ns)
        )

    def repeated_by(self, feed: Feed, parts: Sequence[Part]) -> dict[str, str]:
        """The loaded files, by content, that count as delivered already.

        A delta file repeats any loaded file of the same content; a snapshot only the newest
        delivery as a whole, since A, B, A is three states.
        """
        if feed.mode == "delta":
            return self.loaded
        current = {row["content_hash"]: row["file"] for row in self.current}
        same = sorted(row["content_hash"] for row in self.current) == sorted(
            part.content_hash for part in parts
        )
        return current if same else {}


class Progress:
    """Lines that show a long load move: at most one a second, and none for a short one.

    Args:
        log: called with each line.
    """

    def __init__(self, log: Callable[[str], None]) -> None:
        self.log = log
        self.shown = time.monotonic()
        self.feed = ""
        self.number = self.count = 0

    def start(self, feed: Feed, count: int) -> None:
        """Begin a feed of which so many files are to be looked at."""
        self.feed, self.number, self.count = f"{feed.source}.{feed.name}", 0, count

    def begin(self, part: Part) -> None:
        """Announce a file that will take long by itself."""
        self.number += 1
        self.count = max(self.count, self.number)
        if (part.size or 0) > LARGE_FILE:
            self.say(part, f"reading {(part.size or 0) / 1e9:.1f} GB")

    def end(self, part: Part) -> None:
        """Show a file that was read, unless another was shown just now."""
        if time.monotonic() - self.shown >= 1:
            self.say(part, f"{part.rows:,} rows" if part.status == "loaded" else part.status)

    @contextmanager
    def watch(self, part: Part, *written: Path) -> Iterator[None]:
        """Within, show at every beat for how long a file is worked on, and how far it is.

        Reading happens in the engine or in one loop, neither of which can be asked; what they have
        written by now tells that they move.

        Args:
            part: the file.
            written: what is written from it.
        """
        if (part.size or 0) < WATCHED_FILE:
            yield
            return
        is_done = threading.Event()
        began = time.monotonic()

        def show() -> None:
            while not is_done.wait(BEAT):
                self.say(part, moved(part, time.monotonic() - began, written))

        thread = threading.Thread(target=show, daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_done.set()
            thread.join()

    def say(self, part: Part, what: str) -> None:
        """Show one line."""
        self.log(f"landing {self.feed}: file {self.number} of {self.count}, {part.file}: {what}")
        self.shown = time.monotonic()


def moved(part: Part, seconds: float, written: Sequence[Path]) -> str:
    """How far the work on a file is.

    Args:
        part: the file.
        seconds: since the work on it began.
        written: what is written from it; what is not there, or no more, counts nothing.

    Returns:
        Words with its size, the seconds and the bytes written so far.
    """
    size = 0
    for path in written:
        with suppress(FileNotFoundError):
            size += path.stat().st_size
    return f"{(part.size or 0) / 1e6:,.0f} MB, {seconds:.0f} s, {size / 1e6:,.0f} MB written so far"
