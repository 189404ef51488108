"""What the ledger says of a feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benefits_warehouse.declarations import columns_of
from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.landing.files import File, Part

LEDGER = columns_of("landing", "landing_ledger")


class History:
    """What the ledger says of one feed, rows of this run included."""

    def __init__(self) -> None:
        self.newest: dict[str, Mapping[str, Any]] = {}
        self.loaded: dict[str, str] = {}
        self.current: list[Mapping[str, Any]] = []
        self.outcomes: set[tuple[Any, ...]] = set()

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row; rows come in the order of the ledger."""
        self.newest[row["file"]] = row
        self.outcomes.add(self.outcome_of(row))
        if row["status"] != "loaded":
            return
        self.loaded.setdefault(row["content_hash"], row["file"])
        if self.current and self.current[0]["load_id"] != row["load_id"]:
            self.current = []
        self.current.append(row)

    @staticmethod
    def outcome_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
        """What a ledger row says became of a file; the same of the same file is no news."""
        return row["file"], row["content_hash"], row["status"], row["reason"]

    def knows(self, file: File) -> bool:
        """True for a file whose newest row shows it as it is now, so that it need not be read."""
        row = self.newest.get(file.name)
        return (
            row is not None
            and bool(row["content_hash"])
            and file.modified_ns is not None
            and (row["size"], row.get("modified_ns")) == (file.size, file.modified_ns)
        )

    def repeated_by(self, feed: Feed, parts: Sequence[Part]) -> dict[str, str]:
        """The loaded files, by content hash, that count as delivered already.

        A delta file repeats any loaded file of the same content; a snapshot only the newest
        delivery as a whole, since A, B, A is three states.

        Args:
            feed: the feed.
            parts: the files of a delivery, identified.

        Returns:
            Content hash to the name of the file that had it first.
        """
        if feed.mode == "delta":
            return self.loaded
        current = {row["content_hash"]: row["file"] for row in self.current}
        same = sorted(row["content_hash"] for row in self.current) == sorted(
            part.file.content_hash for part in parts
        )
        return current if same else {}
