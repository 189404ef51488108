"""How the files of a sender are read: the seed sender_settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What reading and ordering the files of one sender needs to know.

    Args:
        file_date_order: order of a date in a file name that begins with no year, mdy or dmy.
    """

    file_date_order: str = "mdy"

    @classmethod
    def of(
        cls, rows: Iterable[tuple[str, str, str, str, str]], source: str, feed: str, sender: str
    ) -> Settings:
        """The settings of one sender of a feed.

        Args:
            rows: rows of the seed sender_settings (source, feed, sender, setting, value).
            source: source system.
            feed: feed within the source.
            sender: the sender, '' where a feed has one only.
        """
        del rows, source, feed, sender
        return cls()
