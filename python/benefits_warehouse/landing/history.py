"""What the ledger says of a feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benefits_warehouse.declarations import columns_of
from benefits_warehouse.landing.files import File, Part

LEDGER = columns_of("landing", "landing_ledger")


class History:
    """What the ledger says of one feed, rows of this run included."""

    def __init__(self) -> None:
        self.newest: dict[str, Mapping[str, Any]] = {}
        self.loaded: dict[str, Mapping[str, Any]] = {}
        self.held: set[tuple[str, str]] = set()
        self.outcomes: set[tuple[Any, ...]] = set()

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row; rows come in the order of the ledger."""
        self.newest[row["file"]] = row
        self.outcomes.add(self.outcome_of(row))
        if row["status"] == "loaded":
            self.loaded.setdefault(row["content_hash"], row)
        if row["status"] != "refused":
            self.held.add((row["file"], row["content_hash"]))

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

    def repeated_by(self, parts: Sequence[Part]) -> dict[str, Mapping[str, Any]]:
        """The files of a delta delivery that repeat a loaded one.

        A file whose content goes back to an earlier one under its own name, A, B, A, is a delivery
        again.

        Args:
            parts: the files, identified.

        Returns:
            Name of each such file to the ledger row of the file that had its content first.
        """
        return {
            part.file.name: self.loaded[part.file.content_hash]
            for part in parts
            if part.file.content_hash in self.loaded
            and (part.file.name, part.file.content_hash) not in self.held
        }
