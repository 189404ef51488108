"""How the files of a sender are read: its settings, as landing needs them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benefits_warehouse.senders import DELIMITERS, Line, settings_of

ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "windows-1252": "cp1252"}


@dataclass(frozen=True)
class Settings:
    """What reading and ordering the files of one sender needs to know.

    Args:
        delimiter: what is between two cells; None where it is to be found.
        encoding: of texts; None where it is to be found.
        header_line: line of the header; None where it is to be found.
        sheet: name of the sheet of a workbook; None where it is to be found.
        trailer_words: more words that begin a trailer line.
        date_order: how 03/04/2026 is read, mdy or dmy.
        file_date_order: order of a date in a file name that begins with no year, mdy or dmy.
    """

    delimiter: str | None = None
    encoding: str | None = None
    header_line: int | None = None
    sheet: str | None = None
    trailer_words: tuple[str, ...] = ()
    date_order: str = "mdy"
    file_date_order: str = "mdy"

    @classmethod
    def of(
        cls, lines: Iterable[Line], place: tuple[str, str, str], date_order: str = "mdy"
    ) -> Settings:
        """The settings of one sender of a feed.

        Args:
            lines: lines of the seed sender_settings.
            place: source, feed and sender.
            date_order: of senders without that setting.
        """
        found = settings_of(lines, *place)
        order = found.get("date_order", date_order)
        return cls(
            delimiter=DELIMITERS.get(found.get("delimiter", "")),
            encoding=ENCODINGS.get(found.get("encoding", "")),
            header_line=int(found["header_line"]) if "header_line" in found else None,
            sheet=found.get("sheet"),
            trailer_words=tuple(
                word.strip().lower() for word in found.get("trailer_words", "").split("|") if word
            ),
            date_order=order,
            file_date_order=found.get("file_date_order", order),
        )

    def digest(self, aliases: Mapping[str, str]) -> str:
        """What tells whether a file that was refused is worth another look.

        Args:
            aliases: delivered header to column of the contract.
        """
        return hashlib.sha256(f"{self} {sorted(aliases.items())}".encode()).hexdigest()[:16]
