"""What is known of senders: the seeds sender_settings and delivery_decisions.

Each setting is declared once, in SETTINGS; what a wrong line is told, what reading and staging know
and the table in the docs follow from it. A wrong line stops the run before anything changes.
"""

from __future__ import annotations

import csv
import difflib
import re
import zoneinfo
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

DELIMITERS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "pipe": "|",
    "tilde": "~",
    "caret": "^",
}
ENCODINGS = ("utf-8", "utf-16", "windows-1252")
CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CAD", "CHF", "INR")
DECISIONS = ("trust", "withdraw")
ANY = "*"
CLAIMS = "benefits_admin.claims"

Line = Sequence[str | None]


class Setting(NamedTuple):
    """A setting of a sender.

    Args:
        about: what it says.
        told: what its value may be, in words.
        is_valid: whether a value is one.
        default: what holds without a line; found where it is looked for in the file.
    """

    about: str
    told: str
    is_valid: Callable[[str], bool]
    default: str = "none"


def one_of(about: str, *values: str, default: str = "none") -> Setting:
    """A setting with a few values."""
    return Setting(about, " or ".join(values), lambda value: value in values, default)


def is_zone(value: str) -> bool:
    """True for the name of a time zone."""
    return value in zoneinfo.available_timezones()


def matches(pattern: str) -> Callable[[str], bool]:
    """Whether a value is as a regular expression says."""
    return lambda value: re.fullmatch(pattern, value) is not None


SETTINGS = {
    "delimiter": one_of("What is between two cells of a text.", *DELIMITERS, default="found"),
    "encoding": one_of("How a text is encoded.", *ENCODINGS, default="found"),
    "header_line": Setting(
        "Line of the header, where it can't be found by the names.",
        "a line number from 1 to 20",
        matches("[1-9]|1[0-9]|20"),
        "found",
    ),
    "sheet": Setting("Sheet of a workbook.", "the name of a sheet", bool, "found"),
    "date_order": one_of("How 03/04/2026 is read.", "mdy", "dmy", default="var date_order"),
    "time_zone": Setting(
        "Zone of timestamps without one, and of the day and month that a transaction counts to.",
        "a time zone such as America/New_York",
        is_zone,
        "UTC",
    ),
    "decimal_mark": one_of("The mark before decimals.", ".", ",", default="."),
    "amount_unit": one_of("What an amount counts.", "dollars", "cents", default="dollars"),
    "amount_sign": one_of("The sign of an amount.", "as_is", "reversed", default="as_is"),
    "currency": one_of("The currency of amounts.", *CURRENCIES, default="USD"),
    "company_ein": Setting(
        "Company of rows without one.",
        "an EIN such as 12-3456789",
        matches("[0-9]{2}-?[0-9]{7}"),
    ),
    "id_prefix": Setting(
        "Makes the sender's ids its own: 17 becomes prefix:17, in references too.",
        "letters, digits, _ or -",
        matches("[A-Za-z0-9_-]+"),
    ),
    "claims_are": one_of("What a claim's rows are.", "versions", "movements", default="versions"),
    "excel_serial_dates": one_of(
        "46085 in a column of dates is 2026-03-04.", "true", "false", default="false"
    ),
    "epoch_unit": one_of(
        "Numbers in a column of dates count from 1970.", "seconds", "milliseconds"
    ),
    "trailer_words": Setting(
        "More words that begin a trailer line.",
        "words, with an upright stroke between two",
        lambda value: all(word.strip() for word in value.split("|")),
    ),
    "file_date_order": one_of(
        "The order of a date in file names.", "mdy", "dmy", default="date_order"
    ),
}


def cells_of(line: Line) -> list[str]:
    """The cells of a line, blanks around them dropped."""
    return [(cell or "").strip() for cell in line]


def settings_of(lines: Iterable[Line], source: str, feed: str, sender: str) -> dict[str, str]:
    """The settings of one sender of a feed; a line for it alone comes before one for all (*).

    Args:
        lines: lines of the seed sender_settings: source, feed, sender, setting, value.
        source: source system.
        feed: feed within the source.
        sender: the sender, '' where a feed has one only.
    """
    found: dict[str, tuple[int, str]] = {}
    for line in lines:
        *place, setting, value = cells_of(line)
        if all(cell in (ANY, own) for cell, own in zip(place, (source, feed, sender), strict=True)):
            weight = sum(
                number * (cell != ANY) for cell, number in zip(place, (1, 2, 4), strict=True)
            )
            found[setting] = max(found.get(setting, (-1, "")), (weight, value))
    return {setting: value for setting, (_, value) in found.items()}


def nearest(name: str, known: Collection[str]) -> str:
    """What a name was perhaps meant to be, as the end of a sentence."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"


def place_problems(cells: Sequence[str], feeds: Collection[str]) -> Iterator[str]:
    """What is wrong with the source and feed that a line names."""
    source, feed = cells[:2]
    if not any(
        source in (ANY, name.split(".")[0]) and feed in (ANY, name.split(".")[1]) for name in feeds
    ):
        yield f"there is no feed {source}.{feed}; {nearest(f'{source}.{feed}', feeds)}"


def setting_problems(
    cells: Sequence[str], feeds: Collection[str], snapshots: Collection[str]
) -> Iterator[str]:
    """What is wrong with a line of sender_settings."""
    setting, value = cells[3:5]
    yield from place_problems(cells, feeds)
    if setting not in SETTINGS:
        yield f"there is no setting {setting}; {nearest(setting, SETTINGS)}"
    elif not SETTINGS[setting].is_valid(value):
        yield f"{setting} must be {SETTINGS[setting].told}, not {value or 'blank'}"
    elif value == "movements" and CLAIMS in snapshots:
        yield f"movements are summed over files: var feed_modes can't have {CLAIMS} as snapshot"


def decision_problems(cells: Sequence[str], feeds: Collection[str]) -> Iterator[str]:
    """What is wrong with a line of delivery_decisions."""
    yield from place_problems(cells, feeds)
    if not cells[3]:
        yield "name the delivery, as ops.loaded_files does, or its load_id"
    if cells[4] not in DECISIONS:
        yield f"the decision must be {' or '.join(DECISIONS)}, not {cells[4] or 'blank'}"


def sender_problems(folder: Path, feeds: Collection[str], snapshots: Collection[str] = ()) -> str:
    """What is wrong with the two seeds, each with file and line; '' where nothing is.

    Args:
        folder: of the reference seeds.
        feeds: names of the feeds, source.feed.
        snapshots: names of those whose deliveries are whole states.
    """
    told = []
    for name, check in (
        ("sender_settings", partial(setting_problems, snapshots=snapshots)),
        ("delivery_decisions", decision_problems),
    ):
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            next(reader, None)
            lines: dict[tuple[str, ...], int] = {}
            for line in reader:
                if not line:
                    continue
                cells = cells_of(line)
                where = f"{name}.csv line {reader.line_num}"
                told += [f"{where}: {problem}" for problem in check(cells, feeds)]
                first = lines.setdefault(tuple(cells[:4]), reader.line_num)
                if first != reader.line_num:
                    told.append(f"{where} says the same as line {first}: take one out")
    return "; ".join(told)
