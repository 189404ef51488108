"""Trailer lines: what systems write after the last record, such as `Total records: 25`.

A trailer is neither a row nor a rejected line. One that states a number of records which is not
the file's tells that something got lost on the way.
"""

from __future__ import annotations

import re
from functools import cache

WORDS = ("record count", "end of file", "totals", "total", "trailer", "trl", "count", "eof")
ANY_WORD = "|".join(word.replace(" ", "[ _]?") for word in WORDS).encode()
BEGINS = re.compile(rb'\s*"?\s*(%b)(?![a-z])' % ANY_WORD, re.IGNORECASE)
# A total may be one of money; these words after it tell that it is one of records.
RECORDS = re.compile(rb"record|row|line|count|entr|employee|member|claim", re.IGNORECASE)
ONLY_WORDS = re.compile(
    rb"\s*(?:%b)(?:[\W_]*(?:of|number|records?|rows?|lines?|count|entries|employees|members|claims))*"
    rb"[\W_]*" % ANY_WORD,
    re.IGNORECASE,
)
NUMBER = re.compile(rb"(?<![\w.$/:-])\d{1,9}(?![\w/:-]|\.\d)")
THOUSANDS = re.compile(rb"(?<![\w.$/:-])\d{1,3}(?:,\d{3})+(?![\w/:-]|\.\d)")
DAY = re.compile(rb"(19|20)\d{6}")


def begins_trailer(text: bytes, words: tuple[str, ...] = ()) -> bool:
    """True for a line that begins with a trailer word, and whose quotes are closed.

    Args:
        text: the line.
        words: of the sender, beyond those that all have.
    """
    begins = BEGINS.match(text) is not None or begins_own(text, words)
    return begins and text.count(b'"') % 2 == 0


def begins_own(text: bytes, words: tuple[str, ...]) -> bool:
    """True for a line that begins with a trailer word of the sender, which no record does.

    Args:
        text: the line.
        words: of the sender.
    """
    return bool(words) and own_words(words).match(text) is not None


@cache
def own_words(words: tuple[str, ...]) -> re.Pattern[bytes]:
    """Pattern of the beginning of a trailer line that starts with a word of the sender."""
    any_word = b"|".join(re.escape(word.encode()) for word in words)
    return re.compile(rb'\s*"?\s*(%b)(?![A-Za-z0-9])' % any_word, re.IGNORECASE)


def is_trailer_word(cell: bytes) -> bool:
    """True for a cell that is a trailer word, alone or with what it counts: no key is like it."""
    return ONLY_WORDS.fullmatch(cell) is not None


def other_count(text: bytes, records: int) -> int | None:
    """The number of records that a trailer states, if it is not that of the file.

    Args:
        text: the trailer line.
        records: records in the file, rejected lines included.
    """
    begin = BEGINS.match(text)
    if begin is None:  # a word of the sender, which says nothing of what it counts
        return None
    rest = text[begin.end() :]
    if begin[1].lower() in (b"total", b"totals") and not RECORDS.search(rest):
        return None
    stated = [int(number) for number in NUMBER.findall(rest) if not DAY.fullmatch(number)]
    stated += [int(number.replace(b",", b"")) for number in THOUSANDS.findall(rest)]
    return stated[0] if stated and records not in stated else None
